"""A plan of two tasks that is right in every way, for tests that make it wrong in one."""

from pathlib import Path

TASKS = """\
key: thu-2023
year: 2023
title: Kế hoạch thử
document: { number: 1/KH-UBND, date: 2022-12-20 }
agencies: agencies.yaml
standing_office: SNV
report_periods:
  - { key: q1, name: Quý I/2023, data_from: 2022-12-15, cutoff: 2023-03-14, due: 2023-03-16 }
  - { key: q3, name: Quý III/2023, data_from: 2023-06-15, cutoff: 2023-09-14, due: 2023-09-16 }
reports:
  - { code: BC, title: Báo cáo định kỳ, owed_by: ["các sở, ban, ngành"] }
areas:
  - { number: 1, name: Cải cách thể chế }
  - { number: 2, name: Cải cách TTHC }
tasks:
  - code: "1.1"
    title: Xây dựng kế hoạch
    product: Kế hoạch của UBND tỉnh
    schedule: Quý I/2023
    lead: [Sở Tư pháp]
    support: [Sở Nội vụ, "Sở, ban, ngành"]
  - code: "2.1"
    title: Rà soát thủ tục hành chính
    outputs:
      - { code: "2.1a", product: Kế hoạch, schedule: Tháng 01/2023 }
      - { code: "2.1b", product: Báo cáo }
    schedule: Tháng 12/2023
    lead: [UBND cấp huyện]
"""

AGENCIES = """\
agencies:
  - { code: SNV, kind: so, name: Sở Nội vụ }
  - { code: STP, kind: so, name: Sở Tư pháp, aliases: [Tư pháp tỉnh] }
  - { code: HKS, kind: huyen, name: UBND huyện Kế Sách }
groups:
  - { code: SBN, name: "Các sở, ban, ngành", aliases: ["sở, ban, ngành"], kinds: [so] }
  - { code: HUYEN, name: UBND cấp huyện, members: [HKS] }
"""


def edited(text: str, old: str, new: str) -> str:
    """`text` with its first `old` replaced by `new`."""
    assert old in text
    return text.replace(old, new, 1)


def write_plan(folder: Path, *, tasks: str | bytes = TASKS, agencies: str | bytes | None = AGENCIES) -> Path:
    """Write both files into `folder`; returns the path of the tasks file."""
    for name, content in (("tasks.yaml", tasks), ("agencies.yaml", agencies)):
        if content is not None:
            raw = content.encode() if isinstance(content, str) else content
            (folder / name).write_bytes(raw)
    return folder / "tasks.yaml"
