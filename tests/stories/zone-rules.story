# What is sold is a civil date; at which instant the zone's clocks show it is for rules that are in the log (R18).
story A zone changes its rules

at 2026-11-01T12:00Z
# R18: the offer puts the rules of its zone on record, by which clocks in Vancouver are not set back any more
offer offers/vancouver-month.toml

tick to 2026-12-10T12:00Z
when issue A offer=vancouver-month
expect A ends 2027-01-11T07:00Z
when zones America/Vancouver
expect refused R13 [new-version]

# R18: a newer set moves what is still ahead
tick to 2027-01-10T12:00Z
when issue B offer=vancouver-month purchased=2027-01-10T12:00Z
expect B ends 2027-02-11T07:00Z
when zones offers/zones-2099a.toml
expect events ZoneRulesPublished
expect A ends 2027-01-11T09:00Z
expect B ends 2027-02-11T09:00Z
tick to 2027-01-11T08:59:59Z
expect expired nothing

# R18: no end moves to a time before the publication that moves it
when zones offers/zones-2099b.toml confirm=yes
expect events ZoneRulesPublished
expect A ends 2027-01-11T08:59:59Z
expect A ended
expect B ends 2027-02-11T07:00Z
tick to 2027-01-11T09:00Z
expect expired A
tick to 2027-02-11T06:59:59Z
expect expired nothing
tick to 2027-02-11T07:00Z
expect expired B

# an older set than that in force is refused, and what has ended stays so
when zones offers/zones-2099a.toml
expect refused R13 [new-version]
expect B ended
