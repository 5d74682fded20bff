"""Packs with mistakes: each is told with its file and line, all at once, and nothing is written."""

import json
import stat
import zipfile

import pytest
from django.core.management import CommandError, call_command

from content.format.blocks import BLOCKS, BY_SITE_NAME
from content.format.nodes import Misread, read_yaml
from content.format.reading import Reading
from content.format.types import ListOf, MapOf, OneOf, PerLanguage, Row, Text, Type, Whole
from content.models import LoadedItem, LoadedPack
from content.readers.pack import read_pack
from courses.catalogue.blocks import LessonBody
from lms.audit.models import AuditEntry
from lms.skills.models import Skill
from tests.content.packs import EVERYTHING, files_of, lesson, lessons, problems_of, put, tiny

BROKEN = {
    "pack.yaml": "key: broken\nversion: one\nlanguages: [zh-hans, en]\ncolour: red\n",
    "skills.yaml": (
        "skills:\n  - key: crm\n    kind: knowledge\n    name: {zh-hans: 客户, fr: x}\n  - key: crm\n    kind: talent\n"
        "    name: CRM\n    levels:\n      - {level: 9, behaviour: CRM}\n  - key: a\n    kind: knowledge\n    name: A\n"
        "    parent: b\n  - {key: b, kind: knowledge, name: B, parent: a}\n"
    ),
    "quizes.yaml": "quizzes: []\n",
    "courses/one/course.yaml": "key: two\ntitle: One\nlessons:\n  - first\n  - gone\n",
    "courses/one/first.zh-hans.md": "---\ntitle: 甲\nminutes: soon\n---\n正文\n\n```callout\ntone: loud\n```\n",
    "courses/one/first.en.md": (
        "---\ntitle: A\nskills: [juggling]\n---\nText\n\n```nonsense\n```\n\n```steps\ntitle: [unclosed\n```\n"
        "\n```html\n<p>\n<script>x</script>\n```\n"
    ),
    "courses/one/stray.en.md": "---\ntitle: A\n---\n",
    "media/evil.svg": "<svg/>",
}


def broken(folder):
    for name, text in BROKEN.items():
        put(folder, name, text)
    return folder


def test_every_mistake_is_told_with_its_file_and_line(tmp_path):
    problems = problems_of(broken(tmp_path))

    assert problems == [
        "courses/one/course.yaml:1: key: the folder is called `one`, the course otherwise",
        "courses/one/course.yaml:5: lessons: the file courses/one/gone.zh-hans.md is missing",
        "courses/one/course.yaml:5: lessons: the file courses/one/gone.en.md is missing",
        "courses/one/first.en.md:3: there is no skill `juggling`",
        f"courses/one/first.en.md:7: there is no block `nonsense` (known: {known_blocks()})",
        "courses/one/first.en.md:11: steps: this isn't YAML: did not find expected ',' or ']'",
        "courses/one/first.en.md:16: html: `<script>` isn't allowed here (known: a, b, br, em, h2, h3, hr, i, li, ol, p, "
        "strong, ul)",
        "courses/one/first.zh-hans.md:3: minutes: 'soon' is not a whole number",
        "courses/one/first.zh-hans.md:8: callout: tone: 'loud' is none of tip, warning, note",
        "courses/one/first.zh-hans.md:8: callout: `text` is missing",
        "courses/one/stray.en.md: nothing is read from a file of this name (known: courses/*/*.md, "
        "courses/*/course.yaml, job_roles.yaml, media.yaml, media/*, notice.yaml, pack.yaml, phrases.yaml, "
        "questions/*.yaml, quizzes.yaml, scenarios/*.yaml, scorecards/*.yaml, skills.yaml, terms.yaml, tracks/*.yaml)",
        "media/evil.svg: only PNG, JPEG, GIF and WebP pictures and MP3, M4A, Ogg, WebM and WAV recordings need no entry "
        "in media.yaml",
        "pack.yaml:2: version: 'one' is not a whole number",
        "pack.yaml:4: there is no field `colour` (known: key, version, languages, title)",
        *(problem for problem in problems if problem.startswith("quizes.yaml: nothing is read")),
        "skills.yaml:4: name: there is no language `fr` in this pack",
        """skills.yaml:4: name: `en` is missing (write `en: ""` where there is no such text yet)""",
        "skills.yaml:5: the skill `crm` stands twice, first in skills.yaml:2",
        "skills.yaml:6: kind: 'talent' is none of competence, knowledge",
        "skills.yaml:9: levels: level: 9 is more than 5",
        "skills.yaml:10: the skill `a` comes back to itself",
        "skills.yaml:14: the skill `b` comes back to itself",
    ]
    assert sum(problem.startswith("quizes.yaml: ") for problem in problems) == 1


def known_blocks():
    return ", ".join(block.name for block in BLOCKS if block.site_name in LessonBody.base_blocks)


@pytest.mark.django_db
def test_a_broken_pack_changes_nothing(tmp_path, capsys):
    broken(tmp_path)

    with pytest.raises(CommandError, match="Nothing was written") as told:
        call_command("load_pack", tmp_path, "--json")

    assert told.value.returncode == 1
    mistakes = json.loads(capsys.readouterr().out)["mistakes"]
    assert {"file": "skills.yaml", "line": 9, "what": "levels: level: 9 is more than 5"} in mistakes
    for model in (Skill, LoadedItem, LoadedPack, AuditEntry):
        assert not model.objects.exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"skills: [unclosed", "skills.yaml:1: this isn't YAML"),
        (b"skills:\n\xff\xfe", "skills.yaml:2: the file is not UTF-8"),
        (b"- just\n- a list\n", "skills.yaml:1: the file holds `skills:` and its list, nothing else"),
        (b"skills: &a\n  - *a\n", "skills.yaml:1: anchors and aliases"),
        (b"skills:\n  - key: x\n    key: y\n", "skills.yaml:3: `key` stands twice, first in line 2"),
        (b"skills: 7\n", "skills.yaml:1: the file holds"),
        (b"skills:\n  - seven\n", "skills.yaml:2: a mapping is expected, not 'seven'"),
        (b"skills:\n  - {key: 2026-02-31, kind: knowledge, name: X}\n", "skills.yaml:2: '2026-02-31' can't be read"),
        (b"skills:\n  - {key: a b, kind: knowledge, name: X}\n", "skills.yaml:2: key: `a b` is no key"),
        (
            b"skills:\n  - {key: a, kind: knowledge, name: [X]}\n",
            "skills.yaml:2: name: a text is expected here, not a list",
        ),
    ],
)
def test_unreadable_files_are_told(tmp_path, content, words):
    put(tiny(tmp_path), "skills.yaml", content)

    assert any(problem.startswith(words) for problem in problems_of(tmp_path))


def test_what_is_no_pack_is_told(tmp_path):
    (tmp_path / "text.zip").write_text("no zip")

    assert problems_of(tmp_path / "nowhere") == ["nowhere: there is no such folder or zip"]
    assert problems_of(tmp_path / "text.zip") == ["text.zip: this is neither a folder nor a zip"]
    (tmp_path / "empty").mkdir()
    assert problems_of(tmp_path / "empty") == ["pack.yaml: the file is missing"]


def test_a_pack_in_languages_that_the_site_does_not_show_is_refused(tmp_path):
    put(tmp_path, "pack.yaml", "key: x\nlanguages: [fr]\n")

    assert problems_of(tmp_path) == ["pack.yaml: this site shows zh-hans and en; the pack has neither"]


# --- zips ------------------------------------------------------------------------------------------------------


def zipped(path, *entries, compression=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return path


HEAD = ("pack.yaml", "key: x\nlanguages: [en]\n")


def test_a_zip_may_hold_the_folder_or_what_is_in_it(tmp_path):
    inside = zipped(tmp_path / "a.zip", HEAD, ("__MACOSX/x.yaml", "y"), (".hidden.yaml", "y"))
    folder = zipped(tmp_path / "b.zip", ("my-pack/pack.yaml", HEAD[1]), ("my-pack/README.md", "Hello"))

    assert [read_pack(path).key for path in (inside, folder)] == ["x", "x"]


@pytest.mark.parametrize(
    "name", ["../evil.yaml", "/etc/evil.yaml", "a/../../evil.yaml", "a\\evil.yaml", "c:/evil.yaml"]
)
def test_a_zip_that_leads_out_is_refused(tmp_path, name):
    info = zipfile.ZipInfo("x")
    info.filename = name  # as somebody wrote it, not as this system would

    problems = problems_of(zipped(tmp_path / "a.zip", HEAD, (info, "x")))

    assert problems[0].endswith("leads out of the pack")


def test_a_zip_with_a_link_is_refused(tmp_path):
    info = zipfile.ZipInfo("skills.yaml")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16

    assert "is a link" in problems_of(zipped(tmp_path / "a.zip", HEAD, (info, "/etc/passwd")))[0]


def test_a_zip_that_explodes_is_refused(tmp_path):
    path = zipped(tmp_path / "a.zip", HEAD, ("media/big.png", b"\0" * 20_000_000))

    assert "would grow more than 200 times" in problems_of(path)[0]


def test_a_zip_that_lies_about_its_sizes_is_refused(tmp_path):
    path = zipped(tmp_path / "a.zip", HEAD, ("skills.yaml", "skills: []\n" * 50), compression=zipfile.ZIP_STORED)
    raw = bytearray(path.read_bytes())
    at = raw.rindex(b"PK\x01\x02")
    raw[at + 24 : at + 28] = (5).to_bytes(4, "little")  # the directory's word for the size unpacked
    path.write_bytes(raw)

    assert "skills.yaml" in problems_of(path)[0]


def test_a_link_out_of_the_folder_is_not_followed(tmp_path):
    tiny(tmp_path / "pack")
    put(tmp_path, "outside.yaml", "terms: [nonsense]\n")
    (tmp_path / "pack" / "terms.yaml").symlink_to(tmp_path / "outside.yaml")

    assert read_pack(tmp_path / "pack").all("term") == ()


# --- across files and languages ---------------------------------------------------------------------------------


def test_the_languages_of_a_lesson_are_built_alike(tmp_path):
    lessons(tiny(tmp_path), "```steps\nsteps:\n  - title: One\n```\n\n```callout\ntext: x\n```\n")
    lesson(tmp_path, "en", "```steps\nsteps:\n  - title: One\n  - title: Two\n```\n\n```callout\ntext: x\n```\n")
    steps = problems_of(tmp_path)
    lesson(tmp_path, "en", "```steps\nsteps:\n  - title: One\n```\n\n```metric\nname: x\ndefinition: y\n```\n")
    blocks = problems_of(tmp_path)
    lesson(tmp_path, "en", "Text\n", front="title: A\ndiffers: true")

    assert steps == ["courses/one/first.en.md:7: steps: steps: not the same as in courses/one/first.zh-hans.md"]
    assert blocks == [
        "courses/one/first.en.md:12: from here on the blocks differ from those of courses/one/first.zh-hans.md"
    ]
    assert read_pack(tmp_path).lessons["first"]["en"].front["differs"]


def test_minutes_are_the_same_in_all_languages(tmp_path):
    lessons(tiny(tmp_path))
    lesson(tmp_path, "en", "Text\n", front="title: A\nminutes: 4\nskills: [crm]")

    assert problems_of(tmp_path) == [
        "courses/one/first.en.md:1: minutes: not the same as in courses/one/first.zh-hans.md"
    ]


def test_media_are_what_they_say(tmp_path):
    files = files_of(EVERYTHING)
    for name, content in files.items():
        put(tmp_path, name, content)
    put(tmp_path, "media/screen.png", b"\x89PNG\r\n\x1a\n broken")
    put(tmp_path, "media/tour.en.vtt", "1\n00:01,000 --> 00:02,000\nSubRip\n")
    put(tmp_path, "media/clip.wav", files["media/plan.png"])
    put(
        tmp_path,
        "media.yaml",
        files["media.yaml"]
        .decode()
        .replace("kind: document\n    title: Check list", "kind: audio\n    title: Check list"),
    )

    problems = problems_of(tmp_path)

    assert any(told.startswith("media.yaml:18: file: `screen.png` isn't a picture") for told in problems)
    assert any(told.startswith("media.yaml:48: captions: `tour.en.vtt`: Captions begin with") for told in problems)
    assert any("audio: `clip.wav` isn't a recording" in told and "questions/" in told for told in problems)
    assert any(told.startswith("media.yaml:38: tags: not of this kind of file") for told in problems)
    assert any("`sheet.pdf` is a recording in media.yaml, not a document" in told for told in problems)


@pytest.mark.parametrize(
    ("name", "before", "after", "words"),
    [
        ("scenarios/move.yaml", "item: opening", "item: closing", "the scorecard `voice` has no item `closing`"),
        ("scenarios/move.yaml", "item: privacy", "item: opening", "the point is fatal, but the item `opening`"),
        ("scenarios/move.yaml", "business: billing", "business: ads", "scenarios/move.yaml:3: line_of_business: 'ads' is none of"),
        ("scenarios/move.yaml", "en: For free\n", "fr: Gratis\n", "scenarios/move.yaml:32: branches: when: there is no language `fr`"),
        ("scenarios/move.yaml", "closed_book: true", "closed_book: perhaps", "scenarios/move.yaml:48: closed_book: "),
        ("scenarios/move.yaml", "scorecard: voice", "scorecard: chat", "there is no scorecard `chat`"),
        ("scorecards/voice.yaml", "class: compliance\n", "class: null\n", "`class` is missing"),
        ("scorecards/voice.yaml", "effective_on: 2026-01-01", "effective_on: '2026-01-01'", "is not a date such as"),
        ("scorecards/voice.yaml", "key: noise", "key: extra", "`extra` stands twice"),
        ("tracks/start.yaml", "key: final", "key: finale", "there is no quiz `finale`"),
        ("tracks/start.yaml", "kind: quiz", "kind: quizz", "'quizz' is none of course, lesson, quiz, mystery_call"),
        ("tracks/start.yaml", "key: second", "key: third", "tracks/start.yaml:39: there is no lesson `third`"),
        ("tracks/start.yaml", "group: B", "group: G", "steps: group: 'G' is none of A, B"),
        ("tracks/start.yaml", "group: B", "group: C", "start.yaml:41: steps: group: there is no group `C`"),
        ("tracks/start.yaml", "choose: 2", "choose: 3", "start.yaml:33: groups: choose: 3 can't be chosen: group `A` has 2"),
        ("tracks/start.yaml", "  - key: B", "  - key: A", "start.yaml:29: groups: `A` stands twice"),
        ("tracks/start.yaml", "before:\n  - safety", "before:\n  - start", "start.yaml:18: before: nobody could ever begin: start → start"),
        ("tracks/safety.yaml", "steps:", "before: [start]\nsteps:", "safety.yaml:10: before: nobody could ever begin: safety → start → safety"),
        ("tracks/start.yaml", "  - safety", "  - nothing", "start.yaml:18: there is no track `nothing`"),
        ("tracks/start.yaml", "refresher: refresher", "refresher: start", "start.yaml:14: refresher: leave this out"),
        ("tracks/safety.yaml", "steps:", "refresher: start\nsteps:", "the track `start` has a refresher of its own"),
        ("tracks/start.yaml", "  day: 31", "  day: 32", "start.yaml:12: fixed_day: day: 32 is more than 31"),
        ("tracks/start.yaml", "month: 12\n  day: 31", "month: 2\n  day: 30", "start.yaml:11: fixed_day: there is no such day"),
        ("tracks/start.yaml", "fixed_day:\n  month: 12\n  day: 31\n", "", "start.yaml:9: fixed_day: `fixed_calendar` needs"),
        ("tracks/start.yaml", "validity_months: 24", "validity_months: 18", "start.yaml:8: validity_months: with a fixed day"),
        ("tracks/start.yaml", "validity_mode: fixed_calendar", "validity_mode: completion", "start.yaml:11: fixed_day: only `validity_mode: fixed_calendar`"),
        ("tracks/start.yaml", "fixed_calendar", "yearly", "validity_mode: 'yearly' is none of completion, previous_expiry"),
        ("tracks/safety.yaml", "renewal_days: 45\n", "", "safety.yaml:6: renewal_days: `previous_expiry` needs"),
        ("tracks/safety.yaml", "renewal_days: 45", "renewal_days: 400", "safety.yaml:7: renewal_days: the renewal would open before"),
        ("tracks/safety.yaml", "job_role: lead", "job_role: boss", "safety.yaml:9: there is no job role `boss`"),
        ("tracks/safety.yaml", "job_role: lead", "team: south", "for_whom: there is no field `team`"),
        ("tracks/safety.yaml", "job_role: lead", "job_role: null", "safety.yaml:9: for_whom: say whom"),
        ("tracks/start.yaml", "2025-12-31", "2024-12-31", "start.yaml:23: for_whom: hired_until: this is before"),
        ("tracks/start.yaml", "ordered: true", "ordered: 'yes'", "ordered: 'yes' is neither true nor false"),
        ("courses/basics/first.en.md", "minimum_minutes: 4", "minimum_minutes: 9", "minimum_minutes: this is longer"),
        ("courses/basics/first.en.md", "minimum_minutes: 4", "minimum_minutes: 3", "minimum_minutes: not the same as in"),
        ("courses/basics/first.en.md", "recheck_quiz: final", "recheck_quiz: again", "the quiz `again` is a re-test"),
        ("courses/basics/first.en.md", "recheck_quiz: final", "recheck_quiz: nope", "there is no quiz `nope`"),
        ("tracks/start.yaml", "key: start", "key: basics", "a course is called `basics` too"),
        ("phrases.yaml", "zh-hans: hold.wav", "zh-hans: clip.wav", "`clip.wav` has no entry in media.yaml"),
        ("phrases.yaml", "kind: taboo", "kind: rude", "'rude' is none of greeting"),
        ("courses/basics/first.en.md", "question: try-it", "question: sum", "the exam question `sum` can't be a self-check"),
        ("courses/basics/first.en.md", "phrase: please-wait", "phrase: hello", "there is no phrase `hello`"),
        ("courses/basics/first.en.md", "lesson:only-here", "lesson:nowhere", "there is no lesson `nowhere`"),
        ("courses/basics/first.en.md", 'href="https:', 'href="javascript:', "is no address that can be linked to"),
        ("courses/basics/first.en.md", "agents: 11", "agents: 1", "staffing: agents: 1 is less than 2"),
        ("courses/basics/first.en.md", "    - 80 / 20\n", "", "rows: 1 cells, but there are 2 columns"),
        ("courses/basics/first.en.md", "x: 10", "x: 110", "screen-tour: points: x: 110 is more than 100"),
        ("job_roles.yaml", "role: agent", "role: admin", "'admin' is none of agent"),
        ("job_roles.yaml", "crm: 2", "crn: 2", "there is no skill `crn`"),
        ("notice.yaml", "version: 2", "version: 0", "version: 0 is less than 1"),
        ("terms.yaml", "definition:", "meaning:", "there is no field `meaning`"),
    ],
)  # fmt: skip
def test_mistakes_all_over_are_named(tmp_path, name, before, after, words):
    for file, content in files_of(EVERYTHING).items():
        put(tmp_path, file, content)
    text = (tmp_path / name).read_text(encoding="utf-8")
    assert before in text
    put(tmp_path, name, text.replace(before, after, 1))

    problems = problems_of(tmp_path)

    assert any(words in problem and problem.startswith(f"{name}:") for problem in problems), problems


# --- the descriptions themselves ----------------------------------------------------------------------------------


def _children(block):
    found = getattr(block, "child_block", None)
    return set(getattr(found or block, "child_blocks", {}))


@pytest.mark.parametrize("name", sorted(LessonBody.base_blocks))
def test_every_block_and_field_of_a_lesson_is_described(name):
    """A block or field that packs don't know would be lost on the way out: describe it in content/format/blocks.py."""
    assert name in BY_SITE_NAME
    block, on_site = BY_SITE_NAME[name], LessonBody.base_blocks[name]
    if block.is_bare or block.keeps:
        return
    assert {field.site_name for field in block.row.fields} == _children(on_site)
    for field in block.row.fields:
        if isinstance(field.type, ListOf) and isinstance(field.type.type, Row):
            assert {part.site_name for part in field.type.type.fields} == _children(
                on_site.child_blocks[field.site_name]
            )


def _sample(type_: Type):
    """Something to write: every field filled."""
    if isinstance(type_, Row):
        return {field.name: _sample(field.type) for field in type_.fields}
    if isinstance(type_, ListOf):
        return [_sample(type_.type) for _time in range(max(1, type_.least))]
    if isinstance(type_, MapOf):
        return {"key": _sample(type_.values)}
    if isinstance(type_, OneOf):
        return type_.choices[-1]
    if isinstance(type_, Whole):
        return type_.least + 1
    if isinstance(type_, PerLanguage):
        return Text("x-png", "")
    return {
        "Yes": True, "Bilingual": Text("甲: 乙", "yes"), "Column": {"head": "A", "kind": "figure"},
    }.get(type(type_).__name__)  # fmt: skip


@pytest.mark.parametrize("block", [block for block in BLOCKS if not block.raw], ids=lambda block: block.name)
def test_blocks_read_what_they_write(block):
    from content.format.writing import to_yaml

    value = {field.name: found if (found := _sample(field.type)) is not None else "x-png" for field in block.row.fields}
    value = _words(value)
    text = to_yaml(block.row.write(value, ["en"]))
    to = Reading(media=frozenset(["x-png"]))
    plain = Row(*block.row.fields)  # whether the figures make sense is another question

    assert plain.read(read_yaml(text, "f"), to) == value
    assert to.problems == []
    site = _Site()
    if not block.keeps:
        assert block.from_site(block.to_site(value, site), site) == value


def _words(value):
    """Texts, keys and files where nothing else was filled in."""
    if isinstance(value, dict):
        return {name: _words(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_words(part) for part in value]
    return "x-png" if value is None else value


class _Site:
    def pk(self, kind, key):
        return 7

    def key(self, kind, pk):
        assert pk == 7
        return "x-png"


def test_yaml_tells_the_line_in_its_file():
    with pytest.raises(Misread) as told:
        read_yaml("a: 1\nb: [", "x.md", first_line=10)

    assert told.value.problems[0].line == 11
    assert read_yaml("", "x") is None


def test_a_self_check_takes_only_what_is_answered_by_choosing(tmp_path):
    for file, content in files_of(EVERYTHING).items():
        put(tmp_path, file, content)
    questions = (tmp_path / "questions/phrasing.yaml").read_text(encoding="utf-8")
    single = "use: practice\n    kind: single"
    assert single in questions
    put(tmp_path, "questions/phrasing.yaml", questions.replace(single, "use: practice\n    kind: written"))

    words = "`try-it` isn't answered by choosing, so it can't be a self-check"

    assert any(words in problem and problem.startswith("courses/") for problem in problems_of(tmp_path))
