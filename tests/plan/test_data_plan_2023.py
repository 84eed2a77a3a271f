"""The data of the 2023 plan against the paper (192/KH-UBND, Phụ lục and Phần IV), written down again by hand."""

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from plan.deadlines import Deadline, DeadlineKind
from plan.directory import Directory
from plan.load import load_plan
from plan.model import AgencyKind, Plan
from plan.problems import Problem, Severity

ROOT = Path(__file__).parents[2]
TASKS_FILE = ROOT / "data" / "tasks.yaml"

# Cột "Thời gian thực hiện", một dòng cho mỗi sản phẩm.
SCHEDULES = """\
1.1a    Theo quy định Trung ương
1.1b    Theo quy định Trung ương
1.2a    Trong năm 2023
1.2b    Trong năm 2023
1.3a    Trong năm 2023
1.3b    Trong năm 2023
2.1a    Tháng 01/2023
2.1b    Định kỳ hàng quý và năm 2023
2.2     Thường xuyên
2.3     Hàng quý và năm 2023
2.4     Năm 2023
2.5     Trong năm 2023
2.6a    Hoàn thành trước ngày 01/4/2023
2.6b    Giai đoạn 2022-2025 Trong năm 2023, hoàn thành trước ngày 01/01/2024.
3.1     Trong năm 2023
3.2     Trong năm 2023
3.3     Trong năm 2023
3.4a    Trong năm 2023
3.4b    Trong năm 2023
4.1     Trong năm 2023
4.2     Quý I/2023
4.3     Thường xuyên
4.4     Thường xuyên
4.5     Tháng 12/2023
5.1     Trong năm 2023
5.2     Trong năm 2023
5.3     Trong năm 2023
5.4     Trong năm 2023
5.5     Trong năm 2023
6.1     Hàng quý
6.2     Hàng quý
6.3     Trong năm 2023
6.4     Trong năm 2023
6.5     Hàng tháng
6.6     Tháng 12/2023
7.1     Tháng 12/2023
7.2a    Tháng 02/2023
7.2b    Tháng 12/2023
7.3a1   Tháng 03/2023
7.3a2   Tháng 12/2023
7.3b    Kiểm tra đột xuất
7.3c    Tháng 8/2023
7.3d    Tháng 9/2023
7.4     Tháng 12/2023
7.5     Quý IV/2023
7.6a    Tháng 12/2023
7.6b    Tháng 12/2023
7.7     Quý IV/2023
"""

# Cơ quan chủ trì: mã trong agencies.yaml.
LEADS = {
    "STP": ["1.1", "1.3"],
    "SBN CQLQ": ["1.2"],
    "VPUB": ["2.1", "2.5"],
    "SBN": ["2.2"],
    "SBN CAPHUYEN": ["2.3", "2.6", "3.1", "3.2", "4.4"],
    "STTTT": ["2.4", "6.1", "6.2", "6.3", "6.4", "6.5"],
    "SYT SGDDT": ["3.3"],
    "SNV": ["3.4", "4.1", "4.2", "4.3", "7.1", "7.2", "7.3a", "7.3c", "7.3d", "7.4", "7.5", "7.6", "7.7"],
    "SBNCACCAP": ["4.5"],
    "STC": ["5.1", "5.2", "5.4", "5.5"],
    "SKHDT": ["5.3"],
    "SKHCN": ["6.6"],
    "DKTCV": ["7.3b"],
}

# Cơ quan phối hợp.
SUPPORTS = {
    "": ["7.3b"],
    "SBN CAPHUYEN CQLQ": ["1.1"],
    "STP": ["1.2"],
    "SBN CQLQ CAPHUYEN CAPXA": ["1.3", "2.1"],
    "VPUB": ["2.2", "2.3", "2.6"],
    "SBN CAPHUYEN": ["2.4", "3.4", "4.3", "5.2"],
    "STTTT CQLQ": ["2.5"],
    "SNV": ["3.1", "3.2", "4.5"],
    "SNV CQLQ": ["3.3", "6.4"],
    "CQLQ": ["4.1", "5.3", "5.4", "5.5", "6.5", "7.3d", "7.4", "7.5", "7.6"],
    "DVSN": ["4.2"],
    "SNV PNV": ["4.4"],
    "SBN CAPHUYEN CAPXA DVSN": ["5.1"],
    "VPUB CAT SBN CAPHUYEN": ["6.1"],
    "VPUB STP CAT SBN CAPHUYEN CAPXA": ["6.2"],
    "SBN CAPHUYEN CAPXA CQLQ": ["6.3", "7.1", "7.2", "7.3a"],
    "STTTT CQISO": ["6.6"],
    "MTTQ CQLQ": ["7.3c"],
    "SBN CAPHUYEN CAPXA": ["7.7"],
}


@pytest.fixture(scope="module")
def loaded() -> tuple[Plan, tuple[Problem, ...]]:
    return load_plan(TASKS_FILE)


@pytest.fixture(scope="module")
def plan(loaded: tuple[Plan, tuple[Problem, ...]]) -> Plan:
    return loaded[0]


def test_the_plan_is_the_one_of_the_paper(plan: Plan) -> None:
    assert (plan.key, plan.year) == ("cchc-2023", 2023)
    assert plan.document == "192/KH-UBND ngày 20/12/2022"
    assert plan.standing_office == "SNV"
    assert plan.report_address == "https://ktxh.soctrang.gov.vn"
    assert [area.name for area in plan.areas] == [
        "Cải cách thể chế",
        "Cải cách TTHC",
        "Cải cách tổ chức bộ máy",
        "Cải cách công vụ",
        "Cải cách tài chính công",
        "Xây dựng và phát triển chính quyền điện tử, chính quyền số",
        "Công tác chỉ đạo điều hành",
    ]


def test_there_are_36_numbered_tasks_in_40_rows(plan: Plan) -> None:
    numbered = {task.code.rstrip("abcd") for task in plan.tasks}
    per_area = Counter(int(code.split(".")[0]) for code in numbered)

    # Dòng 2.6 trên giấy tách làm hai; 7.3 là tiêu đề của bốn dòng.
    rows = len(plan.tasks) + 1

    assert len(numbered) == 36
    assert [per_area[area.number] for area in plan.areas] == [3, 6, 4, 5, 5, 6, 7]
    assert rows == 40


def test_numbers_follow_one_another_without_a_gap(plan: Plan) -> None:
    numbers = list(dict.fromkeys(task.code.rstrip("abcd") for task in plan.tasks))

    assert numbers == [
        f"{area}.{number}"
        for area, count in enumerate([3, 6, 4, 5, 5, 6, 7], start=1)
        for number in range(1, count + 1)
    ]


def test_every_output_has_the_phrase_of_the_paper(plan: Plan) -> None:
    written = [(output.code, output.schedule) for task in plan.tasks for output in task.outputs]

    assert written == [tuple(line.split(maxsplit=1)) for line in SCHEDULES.splitlines()]


@pytest.mark.parametrize("column", ["lead", "support"])
def test_every_name_of_a_cell_means_whom_the_paper_means(plan: Plan, column: str) -> None:
    directory = Directory.of(plan)
    meant = {}
    for task in plan.tasks:
        entries = [directory.find(name) for name in (task.lead if column == "lead" else task.support)]
        meant[task.code] = " ".join(entry.code if entry else "?" for entry in entries)

    expected = {
        code: cell for cell, codes in (LEADS if column == "lead" else SUPPORTS).items() for code in codes
    }

    assert meant == expected


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("1.1", "Kế hoạch Kiểm tra, xử lý, rà soát văn bản quy phạm pháp luật"),
        ("2.2", "theo VBQPPL của Trung ương và địa phương."),
        ("2.4", "tích hợp lên Công dịch vụ công quốc gia"),
        ("3.1", "tình hình hoạt động; phân cấp của các cơ quan chuyên môn cấp tỉnh, UBND cấp huyện"),
        ("4.2", "Nghị định số 106/2020/NĐ-CP ngày 10/9/2020 của Chính phủ."),
        ("5.3", "giải ngân vốn đầu tư công Cổng thông tin điện tử của tỉnh"),
        ("6.2", "dịch vụ chứng thực bảo sao điện tử từ bản chính"),
        ("6.3", "Quyết định số 06/TTg-CP ngày 06/01/2022 của Thủ tướng Chính phủ"),
        ("6.4", 'phần mềm lập hồ sơ điện tử "istorage.soctrang.gov.vn" theo Nghị định 30/2020/NĐ-CP'),
        ("7.3c", "cải thiện Chỉ số PAPI của UBND cấp huyện, cấp xã"),
        ("7.5", "văn hóa công vụ cho cán bộ công chức, viên chức theo Quyết định số 1847/QĐ-TTg"),
        ("7.7", "Tham quan thực tế các mô hình về CCHC"),
    ],
)
def test_titles_are_word_for_word_with_the_typos_of_the_paper(plan: Plan, code: str, words: str) -> None:
    (task,) = (task for task in plan.tasks if task.code == code)

    assert words in task.title


@pytest.mark.parametrize(
    ("code", "product"),
    [
        ("1.1a", "Kế hoạch của UBND tỉnh"),
        ("1.2a", "Lập đề nghị xây dựng văn bản quy phạm pháp luật của tỉnh."),
        ("1.2b", "Nghị quyết và Quyết định"),
        ("2.1a", "Kế hoạch"),
        ("2.3", "Quyết định thông qua phương án đơn giản hóa TTHC hoặc văn bản kiến nghị"),
        ("2.6a", "Quyết định công bố TTHC nội bộ của Chủ tịch UBND tỉnh"),
        (
            "2.6b",
            "Quyết định của Chủ tịch UBND tỉnh phê duyệt phương án đơn giản hóa TTHC nội bộ tại địa phương",
        ),
        ("3.3", "Quyết định phê duyệt Kế hoạch/Báo cáo kết quả thực hiện trong năm"),
        ("3.4b", "Báo cáo của Sở Nội vụ"),
        ("7.2b", "Báo cáo kết quả (lồng ghép với kết quả CCHC)"),
        ("7.3a1", "Kế hoạch"),
        ("7.3c", "Lịch kiểm tra; Báo cáo kết quả"),
        ("7.5", "Báo cáo kết quả thực hiện (lồng ghép vào báo cáo CCHC)"),
        ("7.6a", "Phương án/Kế hoạch/Quyết định"),
    ],
)
def test_products_are_word_for_word(plan: Plan, code: str, product: str) -> None:
    (output,) = (output for task in plan.tasks for output in task.outputs if output.code == code)

    assert output.product == product


def test_only_the_rows_of_7_3_have_a_heading(plan: Plan) -> None:
    headed = {task.code: task.heading for task in plan.tasks if task.heading}

    assert headed == dict.fromkeys(["7.3a", "7.3b", "7.3c", "7.3d"], "Hoạt động kiểm tra")


def test_the_report_periods_are_those_of_part_iv(plan: Plan) -> None:
    periods = [
        (period.key, period.name, period.data_from, period.cutoff, period.due)
        for period in plan.report_periods
    ]

    assert periods == [
        ("q1", "Quý I/2023", date(2022, 12, 15), date(2023, 3, 14), date(2023, 3, 16)),
        ("6t", "6 tháng đầu năm 2023", date(2022, 12, 15), date(2023, 6, 14), date(2023, 6, 16)),
        ("q3", "Quý III/2023", date(2023, 6, 15), date(2023, 9, 14), date(2023, 9, 16)),
        ("nam", "năm 2023", date(2022, 12, 15), date(2023, 12, 14), date(2023, 12, 16)),
    ]


def test_the_periodic_report_is_owed_by_every_department_and_district(plan: Plan) -> None:
    (report,) = (report for report in plan.reports if report.code == "BC")

    kinds = Counter(plan.agencies[code].kind for code in report.agencies)

    assert kinds == {AgencyKind.DEPARTMENT: 18, AgencyKind.DISTRICT: 11}
    assert len(report.owed_by) == 4


def test_the_extra_report_is_owed_by_the_six_lead_agencies(plan: Plan) -> None:
    (report,) = (report for report in plan.reports if report.code == "BCLV")

    assert report.agencies == ("VPUB", "STP", "STC", "STTTT", "SKHCN", "SNV")


def test_there_are_18_departments_11_districts_and_6_others(plan: Plan) -> None:
    kinds = Counter(agency.kind for agency in plan.agencies.values())

    assert kinds == {AgencyKind.DEPARTMENT: 18, AgencyKind.DISTRICT: 11, AgencyKind.OTHER: 6}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("VP.UBND", "VPUB"),
        ("Văn phòng Ủy ban nhân dân tỉnh", "VPUB"),
        ("TTr tỉnh", "TTT"),
        ("SKHĐT", "SKHDT"),
        ("Sở KH&ĐT", "SKHDT"),
        ("Sở TT&TT", "STTTT"),
        ("Sở TTTT", "STTTT"),
        ("SLĐTBXH", "SLDTBXH"),
        ("Sở LĐ-TB&XH", "SLDTBXH"),
        ("SNN&PTNT", "SNNPTNT"),
        ("Sở VHTT&DL", "SVHTTDL"),
        ("Sở Văn hóa, Thể thao và Du lịch", "SVHTTDL"),
        ("huyện Kế Sách", "HKS"),
        ("thành phố sóc trăng", "TPST"),
        ("uy ban mttq viet nam tinh", "MTTQ"),
        ("Các Sở, ban ngành", "SBN"),
        ("Sở ban ngành", "SBN"),
        ("sở, ngành", "SBN"),
        ("UBND các huyện, thị xã, thành phố", "CAPHUYEN"),
    ],
)
def test_agencies_go_by_the_names_that_people_use(plan: Plan, name: str, code: str) -> None:
    found = Directory.of(plan).find(name)

    assert found is not None
    assert found.code == code


def test_groups_stand_for_their_members(plan: Plan) -> None:
    members = {code: len(group.members) for code, group in plan.groups.items()}

    assert members == {
        "SBN": 18,
        "CAPHUYEN": 11,
        "CAPXA": 11,
        "SBNCACCAP": 29,
        "DVSNTINH": 0,
        "DVSN": 0,
        "CQTW": 0,
        "CQLQ": 0,
        "CQISO": 0,
    }
    assert [code for code, group in plan.groups.items() if group.stands_in] == ["CAPXA"]
    assert [code for code, group in plan.groups.items() if group.unnamed] == ["CQLQ", "CQISO"]


def test_a_person_is_told_what_the_paper_leaves_open(loaded: tuple[Plan, tuple[Problem, ...]]) -> None:
    _, problems = loaded

    warnings = [problem.message for problem in problems if problem.severity is Severity.WARNING]

    assert len(warnings) == 4
    for about in ("group DVSNTINH", "group CQTW", "Theo quy định Trung ương", "task 1.2 is owed by"):
        assert any(about in warning for warning in warnings), about
    assert not [problem for problem in problems if problem.severity is Severity.ERROR]
    assert all(problem.line for problem in problems)


def expected_deadlines() -> dict[str, str]:
    with (ROOT / "tests" / "data" / "deadline_phrases.csv").open(encoding="utf-8", newline="") as stream:
        return {
            row["phrase"]: row["expected"] for row in csv.DictReader(stream) if row["plan_year"] == "2023"
        }


def in_words_of_the_table(deadline: Deadline) -> str:
    if deadline.kind is DeadlineKind.DATES:
        return ";".join(str(occurrence.due) for occurrence in deadline.occurrences)
    return deadline.kind.name


def test_every_phrase_means_what_the_table_of_phrases_says(plan: Plan) -> None:
    table = expected_deadlines()
    read = {
        output.schedule: in_words_of_the_table(output.deadline)
        for task in plan.tasks
        for output in task.outputs
    }

    in_table = {phrase: meaning for phrase, meaning in read.items() if phrase in table}

    assert in_table == {phrase: table[phrase] for phrase in in_table}
    # Trong bảng, các phrase này đứng chung trong một ô có hai gạch đầu dòng.
    assert set(read) - set(in_table) == {
        "Tháng 01/2023",
        "Định kỳ hàng quý và năm 2023",
        "Tháng 02/2023",
        "Tháng 03/2023",
    }
    assert read["Tháng 01/2023"] == "2023-01-31"
    assert read["Định kỳ hàng quý và năm 2023"] == "2023-03-31;2023-06-30;2023-09-30;2023-12-31"
    assert read["Tháng 02/2023"] == "2023-02-28"
    assert read["Tháng 03/2023"] == "2023-03-31"


def test_no_phrase_of_the_plan_needs_a_second_look(plan: Plan) -> None:
    doubted = {
        output.schedule: output.deadline.reason
        for task in plan.tasks
        for output in task.outputs
        if output.deadline.needs_review and output.deadline.kind is not DeadlineKind.EXTERNAL
    }

    assert doubted == {}
