# What becomes of an attempt that was not sat as planned (R5, R6).
story No-shows, cancellations and faults

at 2019-09-01T10:00Z
offer exam-replay
exam AZ-104 categories=associate

when issue A offer=exam-replay
when issue B offer=exam-replay
when issue C offer=exam-replay
when issue D offer=exam-replay
when issue E offer=exam-replay

# R5: who does not come forfeits the attempt, and has not failed
when schedule A by=anna exam=AZ-104 sit=2019-10-01T09:00Z delivery=online
tick to 2019-10-01T12:00Z
when result A missed
expect events ExamMissed
expect A used
when schedule A by=anna exam=AZ-104 sit=2019-11-01T09:00Z delivery=online
expect refused S0-7 [retake-needs-fail]

# R6: cancelled before the sitting, the attempt comes back, and the holder stays bound
when schedule B by=ben exam=AZ-104 sit=2019-11-01T09:00Z delivery=online
expect B registered
tick to 2019-11-01T08:59:59Z
when cancel B
expect events ExamCancelled
expect no warning
expect B unused
expect B attempts 0 of 2
expect B holder ben
when schedule B by=cleo exam=AZ-104 sit=2019-12-01T09:00Z delivery=online
expect refused exam-replay#holder-matches [holder-matches]
when schedule B by=ben exam=AZ-104 sit=2019-12-01T09:00Z delivery=online
expect events ExamScheduled
# R6: after the sitting has begun only its result is left
tick to 2019-12-01T09:00Z
when cancel B
expect refused R6 [before-sitting]
# R6: … unless the provider cancels
when cancel B by=provider
expect events ExamCancelled
expect B unused

# R6: a retake that is cancelled comes back as a retake
when schedule C by=cleo exam=AZ-104 sit=2019-12-10T09:00Z delivery=online
tick to 2019-12-10T12:00Z
when result C fail
when schedule C by=cleo exam=AZ-104 sit=2020-01-10T09:00Z delivery=online
when cancel C
expect events ExamCancelled
expect C retake
expect C attempts 1 of 2

# a registration moves, inside the deadline (S0-6)
when schedule C by=cleo exam=AZ-104 sit=2020-01-10T09:00Z delivery=online
when reschedule C sit=2020-09-02T00:00Z
expect refused S0-6 [retake-sit-by]
when reschedule C sit=2020-09-01T09:00Z
expect events ExamRescheduled

# R5: a technical fault gives the attempt back, an invalidated result does not
when schedule D by=dora exam=AZ-104 sit=2020-01-10T09:00Z delivery=online
when schedule E by=emil exam=AZ-104 sit=2020-01-10T09:00Z delivery=online
tick to 2020-01-10T12:00Z
when result D technical-fault
expect events ExamVoided
expect D unused
when result E invalidated
expect events ExamVoided
expect E used
when schedule E by=emil exam=AZ-104 sit=2020-02-10T09:00Z delivery=online
expect refused S0-7 [retake-needs-fail]
