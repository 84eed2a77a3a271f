"""Names to agencies and groups, however they are typed; and what an agencies file may get wrong."""

from pathlib import Path

import pytest

from plan.agency_file import AgencyFile, read_agency_file
from plan.directory import Directory, name_key
from plan.model import Agency, AgencyKind, Group
from plan.places import Place
from plan.yaml_source import read_source


def read(folder: Path, content: str) -> AgencyFile:
    path = folder / "agencies.yaml"
    path.write_text(content, encoding="utf-8")
    return read_agency_file(Place.root(read_source(path)))


def findings(found: AgencyFile) -> list[str]:
    return [f"{problem.line}: {problem.field}: {problem.message}" for problem in found.problems]


@pytest.fixture
def directory() -> Directory:
    agencies = (
        Agency(code="STP", name="Sở Tư pháp", kind=AgencyKind.DEPARTMENT),
        Agency(
            code="STTTT",
            name="Sở Thông tin và Truyền thông",
            kind=AgencyKind.DEPARTMENT,
            aliases=("Sở TT&TT",),
        ),
        Agency(code="HKS", name="UBND huyện Kế Sách", kind=AgencyKind.DISTRICT),
    )
    group = Group(
        code="SBN", name="Các sở, ban, ngành tỉnh", members=("STP", "STTTT"), aliases=("sở, ban, ngành",)
    )
    return Directory(agencies={agency.code: agency for agency in agencies}, groups={group.code: group})


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("STP", "STP"),
        ("stp", "STP"),
        ("Sở Tư pháp", "STP"),
        ("so tu phap", "STP"),
        ("  SỞ   TƯ PHÁP ", "STP"),
        ("Sở Tư-pháp.", "STP"),
        ("Sở TT&TT", "STTTT"),
        ("so tttt", "STTTT"),
        ("Sở TT và TT", None),
        ("Sở, ban ngành", "SBN"),
        ("Sở ban ngành", "SBN"),
        ("CÁC SỞ BAN NGÀNH TỈNH", "SBN"),
        ("Sở", None),
        ("", None),
        ("&", None),
    ],
)
def test_a_name_is_found_however_it_is_typed(directory: Directory, typed: str, code: str | None) -> None:
    found = directory.find(typed)

    assert (found.code if found else None) == code


def test_names_stand_for_their_agencies_each_once_and_in_order(directory: Directory) -> None:
    assert directory.codes(["HKS", "sở, ban, ngành", "Sở Tư pháp", "không có"]) == ("HKS", "STP", "STTTT")


@pytest.mark.parametrize(
    ("typed", "suggested"),
    [
        ("Sở Tư phap", '"Sở Tư pháp" (STP)'),
        ("Sở Tư pháo", '"Sở Tư pháp" (STP)'),
        ("Sở Thông tin Truyền thông", '"Sở Thông tin và Truyền thông" (STTTT)'),
        ("Bưu điện", None),
    ],
)
def test_a_near_name_is_suggested(directory: Directory, typed: str, suggested: str | None) -> None:
    assert directory.suggestion(typed) == suggested


def test_a_key_has_letters_and_digits_only() -> None:
    assert name_key("Sở LĐ-TB&XH (tỉnh), số 2") == "soldtbxhtinhso2"


def test_groups_have_members_by_kind_by_name_and_by_other_groups_each_once(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        """\
agencies:
  - { code: A1, kind: so, name: Sở Một }
  - { code: A2, kind: so, name: Sở Hai }
  - { code: H1, kind: huyen, name: Huyện Một }
groups:
  - { code: ALL, name: Tất cả, members: [H1, SBN, CAPXA, Sở Một] }
  - { code: SBN, name: Các sở, kinds: [so] }
  - { code: CAPXA, name: Cấp xã, kinds: [xa], falls_to: [H1] }
  - { code: TW, name: Trung ương }
  - { code: LQ, name: Có liên quan, unnamed: true }
""",
    )

    groups = found.directory.groups

    assert found.problems == ()
    assert list(groups) == ["ALL", "SBN", "CAPXA", "TW", "LQ"]
    assert groups["ALL"].members == ("H1", "A1", "A2")
    assert groups["SBN"].members == ("A1", "A2")
    assert (groups["CAPXA"].members, groups["CAPXA"].stands_in) == (("H1",), ("H1",))
    assert (groups["TW"].members, groups["TW"].stands_in, groups["TW"].unnamed) == ((), (), False)
    assert (groups["LQ"].members, groups["LQ"].unnamed) == ((), True)


def test_a_group_with_members_of_its_own_answers_for_itself(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        """\
agencies:
  - { code: H1, kind: huyen, name: Huyện Một }
  - { code: X1, kind: xa, name: Xã Một }
groups:
  - { code: CAPXA, name: Cấp xã, kinds: [xa], falls_to: [H1] }
""",
    )

    assert found.directory.groups["CAPXA"].members == ("X1",)
    assert found.directory.groups["CAPXA"].stands_in == ()


def test_agencies_keep_the_order_of_the_file(tmp_path: Path) -> None:
    found = read(tmp_path, "agencies:\n  - { code: B, name: Bê }\n  - { code: A, name: A lớn }\n")

    assert list(found.directory.agencies) == ["B", "A"]


@pytest.mark.parametrize(
    ("groups", "finding"),
    [
        ("{ code: G, name: Sở Mot }", '6: groups[0].name: "Sở Mot" already means A1 "Sở Một" (line 2)'),
        ("{ code: A2, name: Nhóm }", '6: groups[0].code: "A2" already means A2 "Sở Hai" (line 3)'),
        (
            '{ code: G, name: Nhóm, aliases: [x, "sở-hai"] }',
            '6: groups[0].aliases[1]: "sở-hai" already means A2',
        ),
        ('{ code: G, name: Nhóm, aliases: ["&-&"] }', '6: groups[0].aliases[0]: "&-&" has no letters'),
        ("{ code: G, name: Nhóm, members: [A9] }", '6: groups[0].members[0]: unknown agency or group "A9"'),
        ("{ code: G, name: Nhóm, falls_to: [A9] }", "6: groups[0].falls_to[0]: unknown"),
        ("{ code: G, name: Nhóm, members: [G] }", "6: groups[0]: group G is inside itself: G contains G"),
        ("{ code: G, name: Nhóm, falls_to: [Nhóm] }", "group G is inside itself"),
        (
            "{ code: G, name: Nhóm, unnamed: true, members: [A1] }",
            "6: groups[0].unnamed: an unnamed group has no kinds, members or falls_to",
        ),
    ],
)
def test_what_does_not_fit_is_found_with_its_line(tmp_path: Path, groups: str, finding: str) -> None:
    found = read(
        tmp_path,
        f"""\
agencies:
  - {{ code: A1, kind: so, name: Sở Một }}
  - {{ code: A2, kind: so, name: Sở Hai }}

groups:
  - {groups}
""",
    )

    assert len(found.problems) == 1
    assert findings(found)[0].startswith(finding) or finding in findings(found)[0]


def test_an_alias_that_repeats_the_code_or_name_is_no_clash(tmp_path: Path) -> None:
    found = read(
        tmp_path, "agencies:\n  - { code: SKHDT, name: Sở Kế hoạch, aliases: [SKHĐT, sở kế hoạch] }\n"
    )

    assert found.problems == ()


def test_each_ring_of_groups_is_found(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        """\
groups:
  - { code: A, name: Nhóm A, members: [B] }
  - { code: B, name: Nhóm B, members: [C] }
  - { code: C, name: Nhóm C, falls_to: [A] }
  - { code: D, name: Nhóm D, members: [E] }
  - { code: E, name: Nhóm E, members: [D] }
  - { code: F, name: Nhóm F, members: [A] }
""",
    )

    rings = [problem.message for problem in found.problems]

    assert len(rings) == 2
    assert any("A contains B" in ring and "C contains A" in ring for ring in rings)
    assert any("D contains E" in ring and "E contains D" in ring for ring in rings)


def test_a_long_chain_of_groups_is_no_burden(tmp_path: Path) -> None:
    chain = "".join(f"  - {{ code: G{n}, name: Nhóm {n}, members: [G{n + 1}] }}\n" for n in range(499))

    found = read(
        tmp_path,
        f"agencies:\n  - {{ code: A, name: Sở }}\ngroups:\n{chain}"
        "  - { code: G499, name: Cuối, members: [A] }\n",
    )

    assert found.problems == ()
    assert found.directory.groups["G0"].members == ("A",)


def test_more_rings_than_anybody_reads_end_the_search(tmp_path: Path) -> None:
    rings = "".join(f"  - {{ code: G{n}, name: Nhóm {n}, members: [G{n}] }}\n" for n in range(100))

    found = read(tmp_path, f"groups:\n{rings}")

    assert 1 <= len(found.problems) <= 100
