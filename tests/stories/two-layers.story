# Two layers of law: the terms of the voucher's offer, and the programme's retake policy for a person across vouchers.
# Both must hold, and a refusal says which of them refused (V-layers).
story Two layers: an offer's terms and a programme's policy

at 2021-01-04T09:00Z
offer ../offers/elsewhere/network-professional.toml
offer offers/quick-retake.toml
exam NP-100 categories=professional
exam NP-200 categories=withdrawn

when issue A offer=quick-retake
when issue B offer=network-professional

# the offer's retake has to be sat within a week, and the programme asks for 30 test-free days: the buyer is told
when schedule A by=anna exam=NP-100 sit=2021-01-10T10:00Z
expect events HolderBound ExamScheduled
expect warned NC-1
tick to 2021-01-10T12:00Z
when result A fail
expect events ExamFailed RetakeGranted

# the programme refuses what the offer permits …
when schedule A by=anna exam=NP-100 sit=2021-01-15T10:00Z
expect refused NC-1 [policy-wait]
# … the offer refuses what the programme permits …
when schedule A by=anna exam=NP-100 sit=2021-02-10T10:00Z
expect refused QR-1 [retake-sit-by]
# … and where both would, the offer answers
when schedule A by=anna exam=NP-100 sit=2021-01-20T10:00Z
expect refused QR-1 [retake-sit-by]

# the policy is about the person, whatever the voucher
when schedule B by=anna exam=NP-200 sit=2021-01-20T10:00Z
expect refused NP-4 [exam-eligible]
when schedule B by=anna exam=NP-100 sit=2021-01-20T10:00Z
expect refused NC-1 [policy-wait]
when schedule B by=ben exam=NP-100 sit=2021-01-20T10:00Z
expect events HolderBound ExamScheduled
