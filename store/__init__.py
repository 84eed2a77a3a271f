"""The memory of the tower: tables, transactions, migrations, and the queries that matter."""
