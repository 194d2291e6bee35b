"""The console call-centre staff live in: queue, client history, complaints and their 24-hour clock.

A room a paragraph, and which way imports go:

`cli` reads the command line and hands over to `app` (the Textual program) or to `wiring` (config → Desk: the only
place that names the database and concrete adapters). `recovery` puts a backup in a database's place, for both.

`screens` compose: each shows, asks and routes. `widgets` draw records and know nothing of the desk. `services`
are verbs, one transaction each. `desk` is what a verb is given: store, clock, operator, policy, phone, post.

`repository` is the SQLAlchemy layer (Core, not ORM): nothing above it sees a row, a connection or SQL.
`adapters` hold one file per outside thing that can be down; `papers` turn records into documents.

`ports`, `clock`, `config` and `i18n` are leaves every room may use. `domain` is pure rules and records; `data`
is what the console starts with.

Arrows go one way only: cli → app → recovery → wiring → screens → widgets | services → desk →
repository | adapters | papers → ports | clock | config | i18n → domain. Contracts in pyproject.toml keep them.
"""

import os

# Names are read one character at a time: the phrases pypinyin knows are never asked, and are 44 MB in memory.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")
os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "1")

__version__ = "0.1.0"
