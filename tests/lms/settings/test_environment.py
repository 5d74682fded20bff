"""The environment, read by type."""

from lms.settings.environment import folder_for_tests


def test_each_parallel_worker_has_a_folder_of_its_own(tmp_path):
    inherited = {"CALLWRIGHT_VAR": str(tmp_path)}

    folders = [folder_for_tests({**inherited, "PYTEST_XDIST_WORKER": worker}) for worker in ("gw0", "gw1")]

    assert folders == [str(tmp_path / "gw0"), str(tmp_path / "gw1")]
    assert folder_for_tests({"CALLWRIGHT_VAR": folders[0], "PYTEST_XDIST_WORKER": "gw0"}) == folders[0]
    assert folder_for_tests(inherited) == str(tmp_path)
