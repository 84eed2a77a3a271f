"""The tables. Words are the glossary's (docs/architecture.md).

Two kinds of time stand here. Days and `*_at` of assignments, notices and audit are *business* time: the time of the plan,
which a rehearsal may run at any speed. Leases, `ready_at` and pacing of the outbox are *wall* time: the time of the network.
"""

from store.tables.agenda import (
    AgencyRow,
    AssignmentRow,
    EvidenceRow,
    HoldRow,
    ItemRow,
    PlanChangeRow,
    PlanRow,
)
from store.tables.base import Base, partial_index, table_of
from store.tables.people import (
    AuditRow,
    BindingRow,
    CalendarLinkRow,
    ChatRow,
    InviteRow,
    InviteTryRow,
    OfferRow,
    ProposalRow,
    RequestRow,
    SignInRow,
    StatusWishRow,
    WebSessionRow,
)
from store.tables.traffic import (
    InboxRow,
    MonthlySendsRow,
    NoticeRow,
    OutboxRow,
    PaceRow,
    RestoreRow,
    ScanRow,
    TroubleRow,
)

__all__ = [
    "AgencyRow",
    "AssignmentRow",
    "AuditRow",
    "Base",
    "BindingRow",
    "CalendarLinkRow",
    "ChatRow",
    "EvidenceRow",
    "HoldRow",
    "InboxRow",
    "InviteRow",
    "InviteTryRow",
    "ItemRow",
    "MonthlySendsRow",
    "NoticeRow",
    "OfferRow",
    "OutboxRow",
    "PaceRow",
    "PlanChangeRow",
    "PlanRow",
    "ProposalRow",
    "RequestRow",
    "RestoreRow",
    "ScanRow",
    "SignInRow",
    "StatusWishRow",
    "TroubleRow",
    "WebSessionRow",
    "partial_index",
    "table_of",
]
