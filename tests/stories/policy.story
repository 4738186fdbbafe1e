# A programme's policy is published on its own, and no offer's file replaces it (rulings 18, 19 and 23).
story A programme's policy, and offers that carry another one

at 2021-01-04T09:00Z
# the file brings the programme's first policy: thirty test-free days
offer ../offers/elsewhere/network-professional.toml
exam NP-100 categories=professional

when issue A offer=network-professional
when issue B offer=network-professional
when schedule A by=anna exam=NP-100 sit=2021-01-10T10:00Z
tick to 2021-01-10T12:00Z
when result A fail
when schedule B by=anna exam=NP-100 sit=2021-01-18T10:00Z
expect refused NC-1 [policy-wait]

# a week from now on; no offer's file brings the thirty days back (R19)
tick to 2021-01-12T09:00Z
when policy policies/network-cert-short.toml
expect events PolicyPublished
when policy policies/network-cert-short.toml
expect refused R13 [new-version]
when schedule B by=anna exam=NP-100 sit=2021-01-16T10:00Z
expect refused NC-2026-1 [policy-wait]
when publish offers/quick-retake-with-policy.toml
expect events OfferPublished
expect warned R19

# what was registered before is judged by the policy of its time, whenever it is reported
when schedule B by=anna exam=NP-100 sit=2021-01-18T10:00Z booked=2021-01-11T09:00Z
expect refused NC-1 [policy-wait]
when schedule B by=anna exam=NP-100 sit=2021-01-18T10:00Z
expect events HolderBound ExamScheduled
tick to 2021-01-18T12:00Z
when result B fail

# a buyer who names holder and exam hears that no retake is left for this holder: three attempts since the last pass (R23)
when issue D offer=quick-retake holder=anna exam=NP-100
expect warned NC-2026-1
