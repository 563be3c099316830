"""The SQL of the bulk: residents and their referrals, who visits them, and every single visit.

`draw(word, number, n)` is a whole number from 0 up to n - 1, always the same for the same seed.
"""

from __future__ import annotations

from collections.abc import Mapping

from compliance.services.generate.world import CONTRACT, World


def setting(world: World) -> Mapping[str, object]:
    """What the statements need to know of the world."""
    referrals = len(world.rows["referral"])
    clients = len(world.rows["client"])
    return {
        "seed": world.size.seed,
        "contract": CONTRACT,
        "contractor": world.contractor_id,
        "start": world.start,
        "as_of": world.as_of,
        "days": world.size.days,
        "clients": max(1, world.size.clients - clients),
        "clients_made": clients,
        "referrals": max(0, world.size.referrals - referrals),
        "referrals_made": referrals,
        "bridgings_made": len(world.rows["bridging"]),
    }


RESIDENTS = (
    """CREATE MACRO draw(word, number, n) AS
         CAST(md5_number_lower('{seed} ' || word || ' ' || number) % n AS INTEGER)""",
    """INSERT INTO client SELECT printf('c%07d', {clients_made} + 1 + i) FROM range({clients}) AS t(i)""",
    # A wait of up to 7 days needs no bridging (BRG-01); a longer one ends before its norm (ACC-03).
    # Withdrawals and refusals come before bridging is due (BRG-01, ACC-08).
    """CREATE TABLE drawn AS
       SELECT i, DATE '{start}' + draw('received', i, {days}) AS received_on,
              CASE WHEN draw('service', i, 100) < 45 THEN 'ambulatory'
                   WHEN draw('service', i, 100) < 70 THEN 'household_help'
                   WHEN draw('service', i, 100) < 82 THEN 'specialist_day'
                   WHEN draw('service', i, 100) < 94 THEN 'open_day'
                   ELSE 'short_stay' END AS service,
              CASE WHEN draw('fate', i, 1000) < 25 THEN 'withdrawn'
                   WHEN draw('fate', i, 1000) < 40 THEN 'refused'
                   ELSE 'started' END AS fate,
              CASE WHEN draw('pace', i, 100) < 72 THEN 1 + draw('wait', i, 7)
                   ELSE 8 + (draw('wait', i, 100) ** 2 * CASE WHEN service IN ('open_day', 'household_help')
                                                              THEN 19 ELSE 33 END)::BIGINT // 10000
              END::INTEGER AS wait,
              1 + draw('withdrawal', i, 6) AS early,
              30 + (draw('duration', i, 1000) ** 2 * 700)::BIGINT // 1000000 AS duration,
              draw('provider', i, 100000) AS slot
       FROM range({referrals}) AS t(i)""",
    # Who starts the care covers that day (ACC-06, SUB-01), and the care ends with its subcontract.
    """CREATE TABLE planned AS
       SELECT d.* EXCLUDE (duration, slot), received_on + wait AS start_day,
              CASE WHEN fits THEN p.organisation_id ELSE '{contractor}' END AS provider_id,
              least(received_on + wait + duration::INTEGER, CASE WHEN fits THEN p.last_day END) AS end_day
       FROM (SELECT d.*, p.organisation_id, p.last_day,
                    p.first_day <= received_on + wait
                    AND coalesce(p.last_day, DATE '9999-12-31') >= received_on + wait AS fits
             FROM drawn AS d JOIN provider AS p ON d.slot >= p.first_slot AND d.slot < p.next_slot) AS d
       JOIN provider AS p ON p.organisation_id = d.organisation_id""",
    """INSERT INTO referral BY NAME
       SELECT printf('r%07d', {referrals_made} + 1 + i) AS id, '{contract}' AS contract_id,
              printf('c%07d', {clients_made} + 1 + i % {clients}) AS client_id, service,
              received_on - 1 - draw('decided', i, 5) AS decided_on, 'natura' AS decision_nature,
              12 + 12 * draw('months', i, 3) AS decision_duration_months, true AS objection_clause,
              received_on,
              CASE WHEN fate = 'refused' AND received_on + early <= DATE '{as_of}'
                   THEN received_on + early END AS refused_on,
              CASE WHEN refused_on IS NOT NULL THEN CASE WHEN draw('ground', i, 2) = 0
                   THEN 'not_the_right_support' ELSE 'exceptionally_complex' END END AS refusal_ground,
              CASE WHEN refused_on IS NOT NULL THEN 'dossier ' || i END AS refusal_evidence,
              CASE WHEN fate = 'withdrawn' AND received_on + early <= DATE '{as_of}'
                   THEN received_on + early END AS withdrawn_on,
              CASE WHEN fate = 'started' AND start_day <= DATE '{as_of}' THEN start_day END AS started_on,
              CASE WHEN started_on IS NOT NULL THEN provider_id END AS provider_id,
              CASE WHEN started_on IS NOT NULL AND end_day <= DATE '{as_of}' THEN end_day END AS ended_on,
              CASE WHEN ended_on IS NULL THEN NULL
                   WHEN draw('reason', i, 100) < 55 THEN 'planned'
                   WHEN draw('reason', i, 100) < 60 THEN 'provider'
                   WHEN draw('reason', i, 100) < 75 THEN 'agreed'
                   WHEN draw('reason', i, 100) < 85 THEN 'client'
                   WHEN draw('reason', i, 100) < 93 THEN 'moved'
                   ELSE 'deceased' END AS end_reason,
              draw('urgent', i, 10) = 0 AND end_reason IS NOT DISTINCT FROM 'provider' AS end_urgent,
              CASE WHEN end_reason = 'provider' AND NOT end_urgent
                   THEN ended_on - 31 - draw('notice', i, 30) END AS end_notice_on
       FROM planned""",
    # A long wait is bridged from the seventh day at the latest to the start, or a little beyond (BRG-01,
    # BRG-02, BRG-05); one in six in two periods that touch. A refusal is followed by bridging (ACC-04).
    """CREATE TABLE bridge_plan AS
       SELECT i, received_on + 2 + draw('bridge', i, 6) AS first_day,
              CASE WHEN start_day <= DATE '{as_of}'
                   THEN start_day - 1 + CASE WHEN draw('handover', i, 10) < 6 THEN 0
                                             ELSE 1 + draw('handover days', i, 10) END
              END AS last_day,
              draw('split', i, 6) = 0 AND wait >= 10 AS split
       FROM planned WHERE fate = 'started' AND wait > 7
       UNION ALL
       SELECT i, received_on + early + 1 + draw('bridge', i, 10), received_on + early + 40, false
       FROM planned WHERE fate = 'refused'""",
    """INSERT INTO bridging BY NAME
       SELECT printf('b%07d', {bridgings_made} + row_number() OVER (ORDER BY i, part)) AS id,
              printf('r%07d', {referrals_made} + 1 + i) AS referral_id, first_day, last_day,
              own[1 + draw('bridged by', i, len(own))] AS provider_id
       FROM (SELECT i, 1 AS part, first_day, CASE WHEN split THEN first_day ELSE last_day END AS last_day
             FROM bridge_plan
             UNION ALL
             SELECT i, 2, first_day + 1, last_day FROM bridge_plan WHERE split),
            (SELECT list(organisation_id ORDER BY organisation_id) AS own
             FROM (SELECT organisation_id FROM participant
                   UNION SELECT contractor_id FROM contract))
       WHERE first_day <= DATE '{as_of}'""",
)

# Which post visits the resident. Within a post each resident has a turn, and turns are spread over the
# weekdays, so that nobody's day gets too long (PRO-04). Care lies between start and end (SUB-01, SUB-12).
ROUTES = (
    """CREATE TABLE route AS
       WITH care AS (
         SELECT id, client_id, service, provider_id, started_on,
                coalesce(ended_on, DATE '{as_of}') AS last_day,
                row_number() OVER (PARTITION BY provider_id ORDER BY id) - 1 AS place
         FROM referral WHERE started_on IS NOT NULL
           AND (id > printf('r%07d', {referrals_made}) OR id IN (SELECT id FROM cared_for))),
       staffing AS (SELECT organisation_id, count(*) AS posts FROM post GROUP BY ALL)
       SELECT id, client_id, service, provider_id, last_day, place // posts AS turn,
              post.person_id, post.switch_day, post.successor_id,
              started_on + ((place // posts + 7 - (started_on - DATE '2000-01-01') % 7) % 7)::INTEGER
                AS first_visit
       FROM care JOIN staffing ON care.provider_id = staffing.organisation_id
       JOIN post ON post.organisation_id = care.provider_id AND post.number = place % posts""",
)

_DAYS = """CASE WHEN first_visit > last_day THEN 0
           ELSE (last_day - first_visit) // 7 * {weekdays}
                + least((last_day - first_visit) % 7 + 1, {weekdays}) END"""
ROOM = f"SELECT coalesce(sum(({_DAYS}) * {{visits}}), 0) FROM route"

# Exactly so many visits in all, spread over the routes in proportion to their room.
VISITS = f"""
CREATE TABLE visits AS
SELECT *, row_number() OVER (ORDER BY id) - 1 AS route,
       ((passed + room) * {{deliveries}}::HUGEINT // total
        - passed * {{deliveries}}::HUGEINT // total)::BIGINT AS visits
FROM (SELECT *, sum(room) OVER (ORDER BY id) - room AS passed, sum(room) OVER () AS total
      FROM (SELECT *, ({_DAYS}) * {{visits}} AS room FROM route))"""

# In the order of the days, as they were registered; kept narrow, since this is what gets large.
CALENDAR = """
CREATE TABLE calendar AS
SELECT route::INTEGER AS route, occasion::INTEGER AS occasion,
       first_visit + (7 * (occasion // {visits} // {weekdays})
                      + occasion // {visits} % {weekdays})::INTEGER AS day
FROM (SELECT route, first_visit, number * room // visits AS occasion
      FROM (SELECT route, first_visit, room, visits, unnest(range(visits)) AS number FROM visits))
ORDER BY day, route, occasion"""

DELIVERIES = """
SELECT id, contract_id, referral_id, client_id, provider_id, person_id, service, day, hours, session_id,
       amount_eur
FROM delivery
UNION ALL
SELECT printf('d%07d', {planted} + 1 + place), '{contract}', id, client_id, provider_id, worker, service, day,
       CASE WHEN grouped THEN 0.25::DECIMAL(18, 4) * (16 // {visits})
            ELSE 0.25::DECIMAL(18, 4) * (1 + (route * 7919 + occasion * 31) % {quarters})
       END::DECIMAL(18, 4),
       CASE WHEN grouped THEN worker || '-' || strftime(day, '%Y%m%d') || '-' || occasion % {visits} END,
       NULL::DECIMAL(18, 2)
FROM (SELECT visits.* EXCLUDE (visits), calendar.occasion, calendar.day, calendar.rowid AS place,
             service IN ('specialist_day', 'open_day') AS grouped,
             CASE WHEN switch_day IS NULL OR day < switch_day THEN person_id ELSE successor_id END AS worker
      FROM calendar JOIN visits USING (route))"""
