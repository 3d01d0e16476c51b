"""Prints, for every time zone of the tzdata package, a hash of the moments at which each window of cases.json changes.

It shares no way of working with src/schedule: every start and end of the years in question is written out, turned into
a moment by zoneinfo, and put in order.
"""
import bisect
import hashlib
import json
import sys
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, available_timezones

import tzdata

UTC = timezone.utc
NAMES = {
    3: dict(zip("jan feb mar apr may jun jul aug sep oct nov dec".split(), range(1, 13))),
    4: dict(zip("sun mon tue wed thu fri sat".split(), range(7))),
}
BOUNDS = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 6)]


def field(text, index):
    low_bound, high_bound = BOUNDS[index]
    number = lambda word: NAMES.get(index, {}).get(word.lower()) if word.lower() in NAMES.get(index, {}) else int(word)
    values, restricts = set(), True
    for part in text.split(","):
        span, _, step = part.partition("/")
        if span in ("*", "?"):
            low, high = low_bound, high_bound
            restricts = restricts and int(step or 1) > 1
        elif "-" in span:
            low, high = map(number, span.split("-"))
        else:
            low = number(span)
            high = high_bound if step else low
        values.update(range(low, high + 1, int(step or 1)))
    return values, restricts


def days(first, last):
    while first <= last:
        yield first
        first += timedelta(days=1)


def occurrences(cron, first, last):
    """Every local time that the expression names, in order."""
    (minutes, _), (hours, _), (month_days, by_month_day), (months, _), (week_days, by_week_day) = [
        field(text, index) for index, text in enumerate(cron.split())
    ]
    times = sorted((hour, minute) for hour in hours for minute in minutes)
    found = []
    for day in days(first, last):
        if day.month not in months:
            continue
        on_month_day, on_week_day = day.day in month_days, day.isoweekday() % 7 in week_days
        either = by_month_day and by_week_day
        if (on_month_day or on_week_day) if either else (on_month_day and on_week_day):
            found.extend(datetime(day.year, day.month, day.day, *time) for time in times)
    return found


def moment(local, zone):
    """Seconds since 1970: of a doubled time the first, of a skipped one the end of the gap."""
    aware = local.replace(tzinfo=zone, fold=0)
    utc = aware.astimezone(UTC)
    if utc.astimezone(zone).replace(tzinfo=None) == local:
        return int(utc.timestamp())
    low, high = int(utc.timestamp()) - 3 * 86400, int(utc.timestamp()) + 3 * 86400
    shown = lambda at: datetime.fromtimestamp(at, zone).replace(tzinfo=None)
    while high - low > 1:
        middle = (low + high) // 2
        if shown(middle) > local:
            high = middle
        else:
            low = middle
    return high


def seconds(text):
    return 0 if not text else int(text[:-1]) * {"h": 3600, "m": 60, "s": 1}[text[-1]]


def changes(window, zone, written, first, last):
    starts = [moment(local, zone) for local in written[window["start"]]]
    warm_up = seconds(window.get("warmUp"))
    if "duration" in window:
        spans = [(start - warm_up, start + seconds(window["duration"])) for start in starts]
    else:
        ends = [moment(local, zone) for local in written[window["end"]]]
        spans = []
        for start in starts:
            index = bisect.bisect_left(ends, start)
            if index < len(ends) and ends[index] > start:
                spans.append((start - warm_up, ends[index]))
    joined = []
    for begin, end in sorted(spans):
        if joined and begin <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], end)
        else:
            joined.append([begin, end])
    cut = [(max(begin, first), min(end, last)) for begin, end in joined]
    return [(begin, end) for begin, end in cut if begin < end]


def main():
    cases = json.load(open(sys.argv[1]))
    first, last = (datetime.fromisoformat(cases[key].replace("Z", "+00:00")) for key in ("from", "to"))
    # what began before may last into them: 366 days at most
    margin = timedelta(days=400)
    crons = {window[key] for window in cases["windows"] for key in ("start", "end") if key in window}
    written = {cron: occurrences(cron, (first - margin).date(), (last + timedelta(days=40)).date()) for cron in crons}
    zones = {}
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        hashes = []
        for window in cases["windows"]:
            found = changes(window, zone, written, int(first.timestamp()), int(last.timestamp()))
            text = "".join(f"{begin} {end}\n" for begin, end in found)
            hashes.append(hashlib.sha256(text.encode()).hexdigest()[:10])
            if len(sys.argv) > 2 and sys.argv[2] == name:
                print(window["name"], text, file=sys.stderr)
        zones[name] = hashes
    json.dump({"tz": tzdata.IANA_VERSION, "zones": zones}, sys.stdout)


main()
