"""The columns of our own spreadsheet, and the words in its cells."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from assessments.bank.states import QuestionKind, QuestionStatus, QuestionUse


@dataclass(frozen=True)
class Column:
    """`key` is also a heading; the first of `headings` is the Chinese one that we write."""

    key: str
    headings: tuple[str, ...]
    hint: Any
    is_of_line: bool = False
    width: int = 14


#: Facts of the question: they stand in its first row, the one with a type.
QUESTION_COLUMNS = (
    Column("key", ("编号", "题目编号", "题号", "id"), _("Latin letters, digits and hyphens. A question with this key is revised; without one a new question gets a key.")),
    Column("skill", ("技能", "技能编号", "skill key"), _("Key or name of a skill. Empty: the skill chosen for the import.")),
    Column("type", ("题型", "类型", "kind", "question type"), _("A row with a type begins a question: single, multiple, true_false, matching, ordering, numeric, short_text, cloze, written, spoken.")),
    Column("use", ("用途",), _("exam or practice.")),
    Column("status", ("状态",), _("draft, ready or retired.")),
    Column("difficulty", ("难度",), _("1 to 5."), width=8),
    Column("tags", ("标签",), _("Separated by commas.")),
    Column("question_zh", ("题目", "题干", "题目（中文）", "题干（中文）", "question", "stem_zh"), _("Markdown. In a text with gaps, [[1]] is the first gap."), width=40),
    Column("question_en", ("题目（英文）", "题干（英文）", "英文题目", "stem_en"), _("The same in English. One language is enough."), width=40),
    Column("audio_zh", ("音频", "音频（中文）"), _("Key of a recording of the bank that is played first.")),
    Column("audio_en", ("音频（英文）",), _("The same for English readers.")),
    Column("part_credit", ("部分得分", "partial_credit"), _("yes or no: part of the points for a partly right answer."), width=10),
    Column("match_case", ("区分大小写",), _("yes or no: capital letters count."), width=10),
    Column("unit", ("单位",), _("Of a number: s, %, 元 …"), width=8),
    Column("explanation_zh", ("解析", "解析（中文）", "explanation"), _("Shown with the result."), width=30),
    Column("explanation_en", ("解析（英文）",), _("The same in English."), width=30),
)  # fmt: skip
#: Facts of a line under it: an option, a pair, an item, an accepted answer, a criterion. One row each.
LINE_COLUMNS = (
    Column("gap", ("空", "空号"), _("Number of the gap that the line belongs to."), True, 6),
    Column("gap_type", ("空的题型", "空题型"), _("On the first line of a gap: single, multiple, numeric or short_text."), True),
    Column("gap_weight", ("空的权重", "空权重"), _("How much the gap counts; 1 unless you say so."), True, 8),
    Column("gap_unit", ("空的单位", "空单位"), _("Unit of a number in a gap."), True, 8),
    Column("option_zh", ("选项", "选项（中文）", "答案", "option", "answer"), _("The option, left side, item, accepted answer or criterion. Items stand in their right order."), True, 30),
    Column("option_en", ("选项（英文）", "英文选项"), _("The same in English."), True, 30),
    Column("right", ("正确", "是否正确", "is_right"), _("yes for a right option or an accepted answer."), True, 8),
    Column("credit", ("得分", "分值"), _("Share of the points between 0 and 1 where it isn’t all or nothing; points of a criterion."), True, 8),
    Column("match_zh", ("配对", "匹配", "配对（中文）", "match"), _("Right side of a pair. Without a left side it is only a wrong one."), True, 24),
    Column("match_en", ("配对（英文）",), _("The same in English."), True, 24),
    Column("tolerance", ("误差", "允许误差"), _("How far off a number may be, either way."), True, 8),
    Column("feedback_zh", ("反馈", "反馈（中文）", "feedback"), _("Shown to whoever chose the option."), True, 24),
    Column("feedback_en", ("反馈（英文）",), _("The same in English."), True, 24),
)  # fmt: skip
COLUMNS = QUESTION_COLUMNS + LINE_COLUMNS
LINE_KEYS = frozenset(column.key for column in LINE_COLUMNS)

KINDS: dict[str, tuple[str, ...]] = {
    QuestionKind.SINGLE: ("单选", "单选题", "单项选择", "single choice"),
    QuestionKind.MULTIPLE: ("多选", "多选题", "多项选择", "multiple choice"),
    QuestionKind.TRUE_FALSE: ("判断", "判断题", "是非题", "true or false", "true/false"),
    QuestionKind.MATCHING: ("匹配", "匹配题", "连线", "连线题", "配对题"),
    QuestionKind.ORDERING: ("排序", "排序题", "putting in order"),
    QuestionKind.NUMERIC: ("数值", "数值题", "计算题", "number", "numerical"),
    QuestionKind.SHORT_TEXT: ("短答", "短答题", "填空题", "简短文字", "short text", "short answer"),
    QuestionKind.CLOZE: ("完形填空", "多空填空", "多空题", "text with gaps"),
    QuestionKind.WRITTEN: ("问答", "问答题", "简答题", "主观题", "书面作答", "written answer", "essay"),
    QuestionKind.SPOKEN: ("口答", "口答题", "口述", "口头作答", "spoken answer"),
}
USES = {QuestionUse.EXAM: ("考试",), QuestionUse.PRACTICE: ("练习",)}
STATUSES = {
    QuestionStatus.DRAFT: ("草稿",),
    QuestionStatus.READY: ("就绪", "可用", "启用"),
    QuestionStatus.RETIRED: ("停用", "已停用", "退役"),
}
YES = ("yes", "是", "y", "true", "1", "x", "√", "✓", "✔", "对", "正确", "right")
NO = ("no", "否", "n", "false", "0", "×", "错", "错误", "wrong", "-")


def lookup(words: Mapping[Any, tuple[str, ...]]) -> dict[str, str]:
    """Every word for a value, to the value; the value itself among them."""
    return {word.casefold(): str(value) for value, spelled in words.items() for word in (str(value), *spelled)}
