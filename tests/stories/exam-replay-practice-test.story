# The bundle of an exam, its second sitting and a practice test. Unit 1 is the exam, unit 2 the practice test.
story Exam Replay with Practice Test: three parts with lives of their own

at 2019-09-01T10:00Z
offer exam-replay-practice-test
exam AZ-104 categories=associate practice-tests=PT-AZ-104
exam AZ-301 categories=expert
practice-test PT-AZ-104 offers=exam-replay-practice-test
practice-test PT-SQL offers=exam-replay-practice-test
practice-test PT-OLD offers=another-promotion

# S0-2: an exam, a second sitting and a practice test
when issue A exam=AZ-104
expect events VoucherIssued
expect no warning
expect A.1 attempts 0 of 2
expect A.2 unused

# S0-5: the buyer is told where the catalogue has no practice test for the exam in mind
when issue B exam=AZ-301
expect warned S0-5

# S0-3: any number
when issue C quantity=40
expect events VoucherIssued
expect C#40.2 unused

# S0-13: student discounts are an offer of their own, and nothing forbids both
when issue D combined-with=student-exam
expect events VoucherIssued

# S0-14: practice tests are activated at one provider
when activate D.2 by=dora test=PT-SQL provider=pearson-vue
expect refused S0-14 [practice-test-provider]

# S0-11: not for an exam that was booked before the bundle was bought
when schedule A.1 by=anna exam=AZ-104 sit=2019-09-20T09:00Z booked=2019-08-20T10:00Z delivery=online
expect refused S0-11 [not-retroactive]

# S0-12: one provider
when schedule A.1 by=anna exam=AZ-104 sit=2019-09-20T09:00Z delivery=online provider=prometric
expect refused S0-12 [provider]
when schedule A.1 by=anna exam=AZ-104 sit=2019-09-20T09:00Z delivery=online provider=pearson-vue
expect events HolderBound ExamScheduled

# S0-10: any practice test of the promotion, for whatever exam; and no other
when activate A.2 by=anna test=PT-OLD
expect refused S0-10 [practice-test-reached]
when activate A.2 by=anna test=PT-SQL
expect events PracticeTestActivated
expect A.2 active
# S0-9: 30 days from activation
expect A.2 ends 2019-10-02T00:00Z
when activate A.2 by=anna test=PT-SQL
expect repeated
tick to 2019-10-02T00:00Z
expect expired A.2
when result A.1 pass
expect events ExamPassed
expect A.1 used

# S0-9: activated within one year of purchase; R10: activated late, it outlives the exam's deadline
tick to 2020-09-01T22:00Z
when activate B.2 by=ben test=PT-AZ-104
expect events HolderBound PracticeTestActivated
expect B.2 ends 2020-10-02T00:00Z
tick to 2020-09-02T00:00Z
expect B.1 ended
expect B.2 active
when activate C#7.2 by=cleo test=PT-AZ-104
expect refused S0-9 [activate-by]
tick to 2020-10-02T00:00Z
expect expired B.2
