"""Writing many rows in one statement where the ORM's own way costs more than the rest of the request."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import Model

#: Rows of one statement; SQLite takes 32,766 parameters.
BATCH = 1000


def update_rows(model: type[Model], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Set the named fields of each row: `rows` are (primary key, value, value, …).

    `bulk_update` writes a CASE with every key for every field; this is one UPDATE … FROM (VALUES …), which PostgreSQL
    and SQLite (3.33) both know. No signals, no `save()`; the caller's transaction.
    """
    fields = [model._meta.get_field(name) for name in names]
    quote = connection.ops.quote_name
    table, key = quote(model._meta.db_table), quote(model._meta.pk.column)
    # Where all values of a column are NULL or text, PostgreSQL couldn't tell its type.
    sets = ", ".join(
        f"{quote(field.column)} = CAST(given.column{place} AS {_cast(field)})" for place, field in enumerate(fields, 2)
    )
    for begin in range(0, len(rows), BATCH // (len(names) + 1) or 1):
        part = rows[begin : begin + (BATCH // (len(names) + 1) or 1)]
        marks = ", ".join(f"({', '.join(['%s'] * (len(fields) + 1))})" for _row in part)
        values = [
            value
            for pk, *given in part
            for value in (
                pk,
                *(field.get_db_prep_save(each, connection) for field, each in zip(fields, given, strict=True)),
            )
        ]
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {table} SET {sets} FROM (VALUES {marks}) AS given "
                f"WHERE {table}.{key} = CAST(given.column1 AS {_cast(model._meta.pk)})",
                values,
            )


def _cast(field: Any) -> str:
    return field.cast_db_type(connection)


def add_to_row(model: type[Model], keys: Mapping[str, Any], amounts: Mapping[str, int]) -> None:
    """Add the amounts to the one row with these keys, or make it; one statement, so that no addition is lost.

    The keys are those of a unique constraint. No signals, no `save()`; columns that aren't named get their default.
    """
    quote = connection.ops.quote_name
    row = model(**{model._meta.get_field(name).attname: value for name, value in keys.items()}, **amounts)
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    table = quote(model._meta.db_table)
    columns = ", ".join(quote(field.column) for field in fields)
    unique = ", ".join(quote(model._meta.get_field(name).column) for name in keys)
    sums = ", ".join(
        f"{column} = {table}.{column} + excluded.{column}"
        for column in (quote(model._meta.get_field(name).column) for name in amounts)
    )
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({columns}) VALUES ({', '.join(['%s'] * len(fields))}) "
            f"ON CONFLICT ({unique}) DO UPDATE SET {sums}",
            values,
        )
