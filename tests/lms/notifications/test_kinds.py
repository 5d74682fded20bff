from django.utils import translation

from lms.notifications.kinds import words

PARAMS = {"lesson_zh": "静音等待", "lesson_en": "Hold", "n": 8}


def test_words_come_in_the_readers_language_with_the_pair_of_params():
    with translation.override("en"):
        assert words("test-news", PARAMS) == ("Please learn Hold", "8 minutes")
    with translation.override("zh-hans"):
        assert words("test-news", PARAMS) == ("请学习《静音等待》", "8 分钟")


def test_words_take_the_other_language_where_one_is_empty():
    with translation.override("en"):
        assert words("test-news", {**PARAMS, "lesson_en": ""})[0] == "Please learn 静音等待"


def test_words_show_a_dash_for_a_param_an_old_row_lacks():
    with translation.override("en"):
        assert words("test-news", {}) == ("Please learn –", "– minutes")


def test_words_of_a_kind_no_longer_known_are_its_key():
    assert words("gone", {"n": 1}) == ("gone", "")
