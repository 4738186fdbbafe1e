# Exam Replay from purchase to pass, and a second voucher that nobody uses. Clause ids stand where they are proved.
story Exam Replay: purchase, schedule, fail, retake, pass; and a voucher that expires

at 2019-09-01T10:00Z
offer exam-replay
exam AZ-104 categories=associate deliveries=online,test-centre
exam AZ-305 categories=expert    deliveries=online,test-centre
exam AZ-900 categories=fundamentals

# S0-1: a voucher carries an exam and a second sitting of it
# S0-6: both within 12 months of purchase; R1: the last day is inside, so the right ends as the next one starts
when issue A
expect events VoucherIssued
expect A unused
expect A attempts 0 of 2
expect A ends 2020-09-02T00:00Z
when issue B

# S0-4: fundamentals exams are outside
when schedule A by=anna exam=AZ-900 sit=2019-10-01T09:00Z delivery=online
expect refused S0-4 [exam-eligible]

# S0-8: online is one of the ways to sit it
when schedule A by=anna exam=AZ-104 sit=2019-10-01T09:00Z delivery=online
expect events HolderBound ExamScheduled
expect A holder anna

# S0-7: no retake before the exam was taken and failed
when schedule A by=anna exam=AZ-104 sit=2019-10-15T09:00Z delivery=online
expect refused S0-7 [retake-needs-fail]

tick to 2019-10-01T11:00Z
when result A fail
expect events ExamFailed RetakeGranted
expect A retake
expect A attempts 1 of 2

# S0-1: a second sitting of the same exam, and inside the same twelve months (S0-6)
when schedule A by=anna exam=AZ-305 sit=2019-11-05T09:00Z delivery=online
expect refused S0-1 [same-exam]
when schedule A by=anna exam=AZ-104 sit=2020-09-02T00:00Z delivery=online
expect refused S0-6 [retake-sit-by]
when schedule A by=anna exam=AZ-104 sit=2019-11-05T09:00Z delivery=test-centre
expect events ExamScheduled

tick to 2019-11-05T11:00Z
when result A pass
expect events ExamPassed
expect A used
expect A attempts 2 of 2

# S0-6: nobody used the second voucher
tick to 2020-09-01T23:59:59Z
expect expired nothing
expect B unused
tick to 2020-09-02T00:00Z
expect expired B
expect B ended
when schedule B by=ben exam=AZ-104 sit=2020-09-03T09:00Z delivery=online
expect refused S0-6 [register-by]
