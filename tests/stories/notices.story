# Holders are told so and so long before their right ends: once for each end, and never of one that is over.
story Notices of an end to come

at 2020-01-01T10:00Z
offer offers/short-notice-pair.toml
exam X-1 categories=associate

when issue A
when issue B
when issue C
when issue D
expect A ends 2020-07-02T00:00Z

# thirty days before that end is 2 June, from its first instant on; who gave a pack back is told nothing
when revoke C reason=refund
expect events Revoked
tick to 2020-06-01T23:59:59.999Z
expect notice nothing
# a registered voucher ends by another clause, and later
when schedule A.2 by=anna exam=X-1 sit=2020-08-25T09:00Z delivery=online
tick to 2020-06-02T00:00Z
expect notice A P30D
expect notice B P30D
expect notice B.2 P30D
expect expired nothing
tick P1D
expect notice nothing

# goodwill moves the end of one: its notices are due anew, and those of the others go on
when extend B longer-term=2020-07-31 reason=illness actor=olga
expect B ends 2020-08-01T00:00Z
tick to 2020-06-25T00:00Z
expect notice A P7D
tick to 2020-07-02T00:00Z
expect notice B P30D
expect expired A.1 B.2 D.1 D.2

# what was given back behind the end has ended at the same instant as its neighbour, and is put on record by itself
when cancel A.2 by=provider
expect events ExamCancelled
tick PT1H
expect expired A.2
expect notice nothing

# asleep over both notices of the new end: the one that is nearer to it stands for both
when issue L order=late
expect L ends 2021-01-03T00:00Z
skip to 2020-12-30T08:00Z
tick PT1S
expect notice L P7D
tick P1D
expect notice nothing

# a retake is told of its own end, sixty days behind the sitting: 29 January is the last of them
when schedule L by=lea exam=X-1 sit=2020-12-31T12:00Z delivery=online
tick to 2020-12-31T15:00Z
when result L fail
expect events ExamFailed RetakeGranted
expect L ends 2021-03-02T00:00Z
tick to 2021-01-30T23:59:59.999Z
expect notice nothing
tick to 2021-01-31T00:00Z
expect notice L P30D

# bought with less left than a notice asks for, nobody is told of it; asleep over the end itself, neither
when issue S order=short purchased=2020-08-12T10:00Z
expect S ends 2021-02-13T00:00Z
tick to 2021-02-05T23:59:59.999Z
expect notice nothing
tick to 2021-02-06T00:00Z
expect notice S P7D
skip to 2021-03-02T00:00Z
tick PT1S
expect notice nothing
expect expired L S.1 S.2
