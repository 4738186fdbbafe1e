# A calendar of its own, which no other story publishes.
story A calendar

at 2019-09-01T10:00Z
calendar calendar.toml
