"""Rows listed per subject: the first ones in order, with the full count."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from compliance.engine.sql.frame import Query
from compliance.engine.sql.terms import column, named, selecting


def first_of_each(
    query: Query, selects: Sequence[exp.Expression], names: Sequence[str], most: int
) -> exp.Select:
    """A statement for the distinct rows of the selects: per subject the first `most` in order of `names`.

    Its rows are: subject, how many distinct rows the subject has, and the named columns.
    """
    union = selects[0]
    for select in selects[1:]:
        union = exp.Union(this=union, expression=select, distinct=False)
    rows, labels = query.add(union), ("subject", *names)
    distinct = selecting([named(column(rows, name), name) for name in labels], query.table(rows))
    distinct.set("distinct", exp.Distinct())
    once = query.add(distinct)
    keys = [column(once, name) for name in labels]
    ranked = query.add(
        selecting(
            [
                *(named(key, name) for key, name in zip(keys, labels, strict=True)),
                named(_window(exp.Count(this=exp.Star()), keys[0]), "found"),
                named(_window(exp.RowNumber(), keys[0], keys[1:]), "place"),
            ],
            query.table(once),
        )
    )
    place = column(ranked, "place")
    final = selecting([column(ranked, name) for name in ("subject", "found", *names)], query.table(ranked))
    final.set("where", exp.Where(this=exp.LTE(this=place, expression=exp.Literal.number(most))))
    order = [exp.Ordered(this=column(ranked, "subject")), exp.Ordered(this=place)]
    final.set("order", exp.Order(expressions=order))
    return query.statement(final)


def _window(
    function: exp.Expression, partition: exp.Expression, order: Sequence[exp.Expression] = ()
) -> exp.Expression:
    window = exp.Window(this=function, partition_by=[partition])
    if order:
        window.set("order", exp.Order(expressions=[exp.Ordered(this=key) for key in order]))
    return window
