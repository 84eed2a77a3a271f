"""The shape of the two plan files: which keys there are and what each may hold.

Descriptions are Vietnamese because editors show them to officers through the JSON Schemas beside the files, which
plan/shape.py makes from here. What one value says about another is checked in plan/consistency.py.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    Strict,
    StringConstraints,
    WithJsonSchema,
)

from plan.model import AgencyKind
from plan.problems import shortened

EARLIEST_YEAR, LATEST_YEAR = 2000, 2100
MAX_AGENCIES, MAX_GROUPS = 2000, 500

TASK_CODE = r"^[1-9][0-9]?\.[1-9][0-9]{0,2}[a-z]?$"
OUTPUT_CODE = r"^[1-9][0-9]?\.[1-9][0-9]{0,2}([a-z]([1-9][0-9]?)?)?$"
AGENCY_CODE = r"^[A-Z0-9]{1,20}$"


def _tidy(value: object) -> object:
    return " ".join(value.split()) if isinstance(value, str) else value


def _whole_number(value: object) -> object:
    if not isinstance(value, str) or re.fullmatch(r"0|[1-9][0-9]{0,8}", value) is None:
        raise ValueError("expected a whole number")
    return int(value)


def _yes_or_no(value: object) -> object:
    if value not in ("true", "false"):
        raise ValueError("expected true or false")
    return value == "true"


def _iso_date(value: object) -> object:
    if not isinstance(value, str) or re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value) is None:
        raise ValueError("expected a date as year-month-day, such as 2023-03-16")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError(f"{value} does not exist in the calendar") from None


def _shaped(pattern: str, says: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if re.fullmatch(pattern, value) is None:
            raise ValueError(f'"{shortened(value)}" is not {says}')
        return value

    return check


def _schema(**keywords: JsonValue) -> dict[str, JsonValue]:
    return dict(keywords)


Line = Annotated[str, StringConstraints(min_length=1, max_length=200), BeforeValidator(_tidy)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=1000), BeforeValidator(_tidy)]
Number = Annotated[int, Field(ge=1, le=99), BeforeValidator(_whole_number)]
Year = Annotated[int, Field(ge=EARLIEST_YEAR, le=LATEST_YEAR), BeforeValidator(_whole_number)]
YesNo = Annotated[bool, BeforeValidator(_yes_or_no)]
Day = Annotated[date, BeforeValidator(_iso_date)]
Kind = Annotated[
    AgencyKind,
    Strict(False),
    WithJsonSchema({"type": "string", "enum": [kind.value for kind in AgencyKind]}),
]
TaskCode = Annotated[
    str,
    AfterValidator(_shaped(TASK_CODE, 'a code: area.number, such as "2.6" or "7.3a"')),
    Field(json_schema_extra=_schema(pattern=TASK_CODE)),
]
OutputCode = Annotated[
    str,
    AfterValidator(_shaped(OUTPUT_CODE, 'a code, such as "2.6a" or "7.3a1"')),
    Field(json_schema_extra=_schema(pattern=OUTPUT_CODE)),
]
AgencyCode = Annotated[
    str,
    AfterValidator(_shaped(AGENCY_CODE, "a code: capital letters A-Z without diacritics, and digits")),
    Field(json_schema_extra=_schema(pattern=AGENCY_CODE)),
]
AGENCIES_FILE = r"^[A-Za-z0-9_-][A-Za-z0-9._-]{0,60}\.ya?ml$"
_KEY = r"^[a-z0-9]+(-[a-z0-9]+)*$"
_PERIOD = r"^[a-z0-9]{1,10}$"
_ADDRESS = r"^https?://[^\s]+$"


class _Shape(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class AreaShape(_Shape):
    """Một lĩnh vực của kế hoạch."""

    number: Number = Field(description="Số thứ tự lĩnh vực, là số đầu của mã nhiệm vụ.")
    name: Line = Field(description="Tên lĩnh vực.")


class OutputShape(_Shape):
    """Một sản phẩm phải nộp."""

    code: OutputCode = Field(description='Mã nhiệm vụ thêm chữ: "2.6a" (nhiệm vụ "7.3a": "7.3a1").')
    product: Words = Field(description="Sản phẩm, chép nguyên văn.")
    schedule: Words | None = Field(
        default=None, description="Thời gian thực hiện, chép nguyên văn. Bỏ trống nếu lấy theo nhiệm vụ."
    )


class TaskShape(_Shape):
    """Một dòng của phụ lục. Ghi product (một sản phẩm) hoặc outputs (nhiều sản phẩm)."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [{"required": ["product", "schedule"]}, {"required": ["outputs"]}],
        }
    )

    code: TaskCode = Field(description='Lĩnh vực.số thứ tự như trên giấy, trong ngoặc kép: "2.6".')
    area: Number | None = Field(default=None, description="Không cần ghi: lấy theo số đầu của mã.")
    heading: Line | None = Field(default=None, description="Tiêu đề chung của nhiều dòng, nếu có.")
    title: Words = Field(description="Nhiệm vụ cụ thể, chép nguyên văn, bỏ số thứ tự và dấu gạch đầu dòng.")
    product: Words | None = Field(default=None, description="Sản phẩm, nếu chỉ có một.")
    outputs: list[OutputShape] | None = Field(
        default=None, min_length=1, max_length=26, description="Các sản phẩm, nếu có nhiều."
    )
    schedule: Words | None = Field(
        default=None, description='Thời gian thực hiện, chép nguyên văn: "Quý I/2023".'
    )
    lead: list[Line] = Field(
        min_length=1, max_length=100, description="Cơ quan chủ trì: tên hoặc mã trong agencies.yaml."
    )
    support: list[Line] = Field(
        default_factory=list, max_length=100, description="Cơ quan phối hợp: tên hoặc mã trong agencies.yaml."
    )


class PeriodShape(_Shape):
    """Một kỳ báo cáo."""

    key: Annotated[str, AfterValidator(_shaped(_PERIOD, "a short key: a-z and digits, such as q1"))] = Field(
        description="Chữ ngắn để gõ: q1, 6t, q3, nam.", json_schema_extra=_schema(pattern=_PERIOD)
    )
    name: Line = Field(description='Tên kỳ: "Quý I/2023".')
    data_from: Day = Field(description="Số liệu tính từ ngày (năm-tháng-ngày).")
    cutoff: Day = Field(description="Ngày chốt số liệu.")
    due: Day = Field(description="Hạn nộp.")


class ReportShape(_Shape):
    """Một loại báo cáo, nộp cho mọi kỳ báo cáo."""

    code: AgencyCode = Field(description="Mã gõ nhanh: BC.")
    title: Words = Field(description="Tên báo cáo.")
    owed_by: list[Line] = Field(
        min_length=1, max_length=100, description="Cơ quan phải nộp: tên hoặc mã trong agencies.yaml."
    )


class DocumentShape(_Shape):
    """Văn bản ban hành kế hoạch."""

    number: Line = Field(description="Số, ký hiệu: 192/KH-UBND.")
    date: Day = Field(description="Ngày ban hành (năm-tháng-ngày).")


class PlanShape(_Shape):
    """Kế hoạch của một năm."""

    key: Annotated[
        str, AfterValidator(_shaped(_KEY, "a key: a-z, digits and hyphens, such as cchc-2023"))
    ] = Field(max_length=40, description="Mã kế hoạch: cchc-2023.", json_schema_extra=_schema(pattern=_KEY))
    year: Year = Field(description="Năm của kế hoạch.")
    title: Words = Field(description="Tên kế hoạch.")
    document: DocumentShape = Field(description="Văn bản ban hành.")
    agencies: Annotated[
        str, AfterValidator(_shaped(AGENCIES_FILE, "the name of a .yaml file in the same folder"))
    ] = Field(description="Tệp cơ quan, cùng thư mục.", json_schema_extra=_schema(pattern=AGENCIES_FILE))
    standing_office: Line = Field(description="Cơ quan thường trực: mã hoặc tên.")
    report_address: Annotated[str, AfterValidator(_shaped(_ADDRESS, "a web address (https://…)"))] | None = (
        Field(
            default=None,
            max_length=500,
            description="Địa chỉ nhập số liệu báo cáo.",
            json_schema_extra=_schema(pattern=_ADDRESS),
        )
    )
    report_periods: list[PeriodShape] = Field(
        default_factory=list, max_length=60, description="Các kỳ báo cáo."
    )
    reports: list[ReportShape] = Field(default_factory=list, max_length=60, description="Các loại báo cáo.")
    areas: list[AreaShape] = Field(min_length=1, max_length=99, description="Các lĩnh vực.")
    tasks: list[TaskShape] = Field(
        min_length=1, max_length=2000, description="Các nhiệm vụ, theo thứ tự phụ lục."
    )


Aliases = Annotated[list[Line], Field(max_length=100, description="Các cách gọi khác.")]


class AgencyShape(_Shape):
    """Một cơ quan."""

    code: AgencyCode = Field(description="Mã gõ nhanh, chữ hoa không dấu: STP.")
    name: Line = Field(description="Tên đầy đủ.")
    kind: Kind = Field(
        description="so: sở, ban, ngành tỉnh; huyen: UBND cấp huyện; xa: UBND cấp xã; khac: khác."
    )
    aliases: Aliases = Field(default_factory=list)


class GroupShape(_Shape):
    """Một tên chung chỉ nhiều cơ quan."""

    code: AgencyCode = Field(description="Mã nhóm, không trùng mã cơ quan.")
    name: Line = Field(description="Tên nhóm.")
    aliases: Aliases = Field(default_factory=list)
    kinds: list[Kind] = Field(
        default_factory=list, max_length=10, description="Gồm mọi cơ quan thuộc các loại này."
    )
    members: list[Line] = Field(
        default_factory=list, max_length=2000, description="Gồm các cơ quan, nhóm này (mã hoặc tên)."
    )
    falls_to: list[Line] = Field(
        default_factory=list, max_length=20, description="Ai nhận việc thay khi nhóm chưa có thành viên nào."
    )
    unnamed: YesNo = Field(default=False, description="true nếu văn bản để ngỏ, không nêu đích danh.")


class AgenciesShape(_Shape):
    """Cơ quan và nhóm cơ quan của một năm."""

    agencies: list[AgencyShape] = Field(min_length=1, max_length=MAX_AGENCIES, description="Các cơ quan.")
    groups: list[GroupShape] = Field(
        default_factory=list, max_length=MAX_GROUPS, description="Các nhóm cơ quan."
    )
