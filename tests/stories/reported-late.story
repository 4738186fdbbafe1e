# What is reported late is judged by everything as it was when it was done (R3, R8, R9).
story A registration is reported after its ground has changed

at 2019-09-01T10:00Z
offer exam-replay
exam AZ-103 categories=associate
exam AZ-104 categories=associate
exam AZ-105 categories=associate

when issue A offer=exam-replay
when issue B offer=exam-replay
when issue C offer=exam-replay
when issue D offer=exam-replay
when issue E offer=exam-replay
when assign D to=dora

tick to 2019-09-05T10:00Z
when exam AZ-103 categories=fundamentals
when unassign D
when assign D to=ed
when revoke E reason=chargeback

# S0-4: eligible on the 2nd, and not from the 5th on
tick to 2019-09-06T10:00Z
when schedule A by=anna exam=AZ-103 sit=2019-10-01T09:00Z booked=2019-09-02T10:00Z delivery=online
expect events HolderBound ExamScheduled
when schedule B by=ben exam=AZ-103 sit=2019-10-01T09:00Z booked=2019-09-05T11:00Z delivery=online
expect refused S0-4 [exam-eligible]

# whom it served then
when schedule D by=ed exam=AZ-104 sit=2019-10-01T09:00Z booked=2019-09-02T10:00Z delivery=online
expect refused exam-replay#holder-matches [holder-matches]
when schedule D by=dora exam=AZ-104 sit=2019-10-01T09:00Z booked=2019-09-02T10:00Z delivery=online
expect events HolderBound ExamScheduled
expect D holder dora

# R15: registered before the chargeback, and taken back with it
when schedule E by=eve exam=AZ-104 sit=2019-10-01T09:00Z booked=2019-09-02T10:00Z delivery=online
expect events HolderBound ExamScheduled ExamCancelled
expect warned R15
expect E revoked

# R8: the successor of a successor
when schedule C by=cleo exam=AZ-104 sit=2019-10-01T09:00Z delivery=online
when exam AZ-104 categories=associate retires=2019-10-31 successor=AZ-105
when exam AZ-105 categories=associate retires=2019-11-30 successor=AZ-106
exam AZ-106 categories=associate
when exam AZ-106 categories=associate successor=AZ-104
expect refused R8 [successor-ahead]
tick to 2019-10-01T12:00Z
when result C fail
expect no warning
when schedule C by=cleo exam=AZ-106 sit=2019-12-10T09:00Z delivery=online
expect events ExamScheduled

# R23: nothing follows
when exam AZ-104 categories=associate retires=2019-09-30 confirm=yes
when result D fail
expect events ExamFailed RetakeGranted
expect warned exam-replay#exam-offered
