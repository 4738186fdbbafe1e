# Rules judge by when an exam was sat, not by when its result arrives (R3).
story Results that arrive late

at 2019-09-01T10:00Z
offer exam-replay
exam AZ-104 categories=associate

when issue A offer=exam-replay
when issue B offer=exam-replay
when issue C offer=exam-replay
when issue D offer=exam-replay

# a late result with time left: the fail earns its retake, weeks after the sitting
when schedule D by=dora exam=AZ-104 sit=2019-10-01T09:00Z delivery=online
tick to 2019-11-20T12:00Z
when result D fail
expect events ExamFailed RetakeGranted
expect no warning

# three sit it on the last of the twelve months' days
tick to 2020-08-20T10:00Z
when schedule A by=anna exam=AZ-104 sit=2020-09-01T18:00Z delivery=online
when schedule B by=ben exam=AZ-104 sit=2020-09-01T18:00Z delivery=online
when schedule C by=cleo exam=AZ-104 sit=2020-09-01T18:00Z delivery=online
tick to 2020-09-02T00:00Z
expect expired A B C D
expect A ended

# R3: in time, though its end is on record already
tick to 2020-09-05T10:00Z
when result A pass
expect events ExamPassed
expect warned R3
expect A used

# R3, S0-6: a fail that leaves no time for a retake grants none, and says so
when result B fail
expect events ExamFailed
expect warned R3
expect warned S0-6
expect B attempts 1 of 2
when schedule B by=ben exam=AZ-104 sit=2020-09-10T09:00Z delivery=online
expect refused S0-6 [retake-register-by]

# S0-6: one that was sat after the deadline does not count
when result C pass sat=2020-09-02T00:00:00Z
expect refused S0-6 [sat-in-time]
when result C pass sat=2020-09-01T23:59:59Z
expect events ExamPassed
expect warned R3
