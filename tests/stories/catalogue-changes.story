# Exams change over time (S3-30): they move to other categories, retire, and have successors.
story The catalogue changes under live vouchers

at 2019-09-01T10:00Z
offer exam-replay
exam AZ-103 categories=associate
exam AZ-200 categories=associate deliveries=test-centre

when issue A offer=exam-replay
when issue B offer=exam-replay
when issue C offer=exam-replay
when schedule A by=anna exam=AZ-103 sit=2019-10-01T09:00Z delivery=online
when schedule B by=ben exam=AZ-200 sit=2019-10-01T09:00Z delivery=online
expect refused S0-8 [delivery]
when schedule B by=ben exam=AZ-200 sit=2019-10-01T09:00Z delivery=test-centre
tick to 2019-10-01T12:00Z
when result A fail
when result B fail

# R9, S3-30: a change of category closes the exam to first tries (S0-4) and leaves the retake alone
when exam AZ-200 categories=fundamentals
expect events ExamDefined
when schedule C by=cleo exam=AZ-200 sit=2019-11-01T09:00Z delivery=online
expect refused S0-4 [exam-eligible]
when schedule B by=ben exam=AZ-200 sit=2019-11-01T09:00Z delivery=online
expect events ExamScheduled

# R8: an exam that retires is not given after its last day; its successor is the same exam
exam AZ-104 categories=associate
exam AZ-900 categories=associate
when exam AZ-103 categories=associate retires=2019-12-31 successor=AZ-104
expect events ExamDefined
when schedule A by=anna exam=AZ-103 sit=2020-01-01T09:00Z delivery=online
expect refused exam-replay#exam-offered [exam-offered]
when schedule A by=anna exam=AZ-900 sit=2020-01-10T09:00Z delivery=online
expect refused S0-1 [same-exam]
when schedule A by=anna exam=AZ-104 sit=2020-01-10T09:00Z delivery=online
expect events ExamScheduled

# the catalogue is told nothing twice, and an exam that it does not know can't be registered
when exam AZ-900 categories=associate
expect refused R13 [new-version]
when schedule C by=cleo exam=AZ-999 sit=2020-01-10T09:00Z delivery=online
expect refused ledger [known-exam]
