# Exam vouchers and library codes bought through a licensing agreement.
story Volume licensing: agreement, delivery clocks, codes, library

at 2019-06-28T10:00Z
offer volume-licensing-exam-voucher
offer e-reference-library
exam MS-100 categories=expert
exam AZ-104 categories=associate
agreement EA-1 programme=volume-licensing from=2019-07-01 to=2020-06-30
agreement OV-1 programme=open-value from=2019-01-01 to=2020-12-31

# S3-1, S3-9: sold through agreements of certain programmes, while they run
when issue A offer=volume-licensing-exam-voucher
expect refused S3-1 [under-agreement]
when issue A offer=volume-licensing-exam-voucher agreement=OV-1
expect refused S3-1 [under-agreement]
# S3-12: what is ordered before the first day is taken, and used from that day on
when issue E offer=volume-licensing-exam-voucher agreement=EA-1
expect events VoucherIssued
expect E ends 2020-07-01T00:00Z
when assign E to=eva
when schedule E by=eva exam=MS-100 sit=2019-10-01T09:00Z
expect refused S3-12 [not-before]
when issue A offer=volume-licensing-exam-voucher agreement=EA-9
expect refused ledger [known-agreement]

# S3-12: codes from the start of the agreement on; S3-20, S3-23, S3-2: the order notes its discount tier, and no price is worked out
tick to 2019-07-01T09:00Z
when issue A offer=volume-licensing-exam-voucher agreement=EA-1 quantity=4 tier=level-c
expect events VoucherIssued
expect A#4 ends 2020-07-01T00:00Z
# S3-3: each product of the list is an offer of its own
when issue L offer=e-reference-library agreement=EA-1 quantity=2 tier=level-a
expect events VoucherIssued
# S3-11: in every region
when issue N offer=volume-licensing-exam-voucher agreement=EA-1 region=north
expect events VoucherIssued
when issue S offer=volume-licensing-exam-voucher agreement=EA-1 region=south
expect events VoucherIssued

# S3-17: confirmed within 48 hours of processing
when step A processed
expect events StepTaken
when step A processed
expect repeated
when step L processed
tick to 2019-07-02T09:00Z
when step A confirmed
expect events StepTaken
expect no warning
tick to 2019-07-03T08:59:59Z
expect overdue nothing
tick to 2019-07-03T09:00Z
expect overdue L order-confirmation
when step L confirmed
expect warned S3-17
when step A shipped
expect refused volume-licensing-exam-voucher#step-known [step-known]

# S3-18, R16: billed on Wednesday 3 July; the 4th is a holiday, and the tenth business day is Thursday the 18th
when step A billed
when step L billed
tick to 2019-07-18T23:59:59Z
expect overdue nothing
when step A codes-sent
expect no warning
tick to 2019-07-19T00:00Z
expect overdue L code-delivery
when step L codes-sent
expect warned S3-18

# S3-16: a code is one employee's, and nobody else's
when schedule A#1 by=anna exam=MS-100 sit=2019-10-01T09:00Z
expect refused S3-16 [assigned-first]
when assign A#1 to=anna
expect events HolderBound
when assign A#1 to=ben
expect refused S3-16 [holder-free]
when unassign A#1
expect refused S3-16 [holder-free]
when schedule A#1 by=ben exam=MS-100 sit=2019-10-01T09:00Z
expect refused S3-16 [holder-matches]
when revoke A#2 reason=refund
expect refused S3-16 [refundable]

# S3-15: one registration for each code, used once
when schedule A#1 by=anna exam=MS-100 sit=2019-10-01T09:00Z
expect events ExamScheduled
when schedule A#1 by=anna exam=AZ-104 sit=2019-10-02T09:00Z
expect refused S3-15 [one-open-here]
tick to 2019-10-01T12:00Z
when result A#1 fail
expect events ExamFailed
when schedule A#1 by=anna exam=MS-100 sit=2019-11-01T09:00Z
expect refused S3-15 [attempts-left]

# S3-14, S3-19: unlocked once, with the conditions of use; open until the agreement ends
when assign L#1 to=anna
when activate L#1 by=anna
expect events LibraryUnlocked
expect L#1 ends 2020-07-01T00:00Z
when activate L#1 by=ben
expect refused S3-15 [activated-once]

# S3-12: at any time in the term of the agreement
tick to 2020-06-30T23:59:59Z
when assign A#2 to=cleo
expect events HolderBound
when schedule A#2 by=cleo exam=AZ-104 sit=2020-07-01T00:00Z
expect refused S3-16 [sit-by]
# S3-16: what is unused ends with the contract
tick to 2020-07-01T00:00Z
expect expired A#2 A#3 A#4 E L#1 L#2 N S
when schedule A#2 by=cleo exam=AZ-104 sit=2020-07-10T09:00Z
expect refused S3-16 [register-by]
when issue F offer=volume-licensing-exam-voucher agreement=EA-1
expect refused S3-1 [agreement-runs]
when activate L#2 by=dora
expect refused S3-16
# and an agreement that is lengthened too late revives nothing
when amend-agreement EA-1 to=2021-06-30
expect events AgreementAmended
expect A#3 ended
