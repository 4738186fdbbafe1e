# The exam pack of 2012: three exams, a retake for each, one individual, one registration at a time.
story Second Shot pack: three exams, up to three retakes, one holder

at 2012-12-03T10:00Z
offer second-shot-pack-2012
exam 070-410 categories=professional
exam 070-411 categories=professional
exam 072-640 categories=academic
exam 77-420 categories=mos

# S1-6: through an account manager; S1-10: with no other offer
when issue A channel=web
expect refused S1-6 [sale-channel]
when issue A channel=account-manager valid-until=2013-05-31 combined-with=student-exam
expect refused S1-10 [not-combined]
when issue A channel=account-manager valid-until=2013-05-31 region=apac
expect events VoucherIssued
# S1-8: nobody need be named at purchase
expect A.1 holder nobody
# S1-3: the date on the voucher, which comes with the order line
expect A.3 ends 2013-06-01T00:00Z
when issue E channel=account-manager
expect refused S1-3/S1-4 [order-date]
when issue E channel=account-manager valid-until=2013-08-31
expect E.3 ends 2013-09-01T00:00Z

# S1-13: the code comes first
when schedule A.1 by=anna exam=070-410 sit=2013-01-10T09:00Z booked=2012-12-01T10:00Z delivery=test-centre
expect refused S1-13 [not-retroactive]
# S1-5: 070 and 072 exams alone; S1-12: at a centre of the provider, anywhere
when schedule A.1 by=anna exam=77-420 sit=2013-01-10T09:00Z delivery=test-centre
expect refused S1-5 [exam-eligible]
when schedule A.1 by=anna exam=070-410 sit=2013-01-10T09:00Z delivery=online
expect refused S1-12 [delivery]
when schedule A.1 by=anna exam=070-410 sit=2013-01-10T09:00Z delivery=test-centre provider=pearson-vue
expect refused S1-12 [provider]

# S1-8: an assignment can be taken back until somebody schedules; scheduling binds the whole pack
when assign A.1 to=ben
expect events VoucherAssigned
expect A.3 holder ben
when unassign A.1
expect events VoucherUnassigned
when schedule A.1 by=anna exam=070-410 sit=2013-01-10T09:00Z delivery=test-centre provider=prometric region=apac
expect events HolderBound ExamScheduled
expect A.2 holder anna
when unassign A.2
expect refused S1-8 [holder-free]
when schedule A.2 by=ben exam=070-411 sit=2013-01-10T09:00Z delivery=test-centre
expect refused S1-8 [holder-matches]

# S1-7, V-concurrency: no second registration until the previous exam was taken
when schedule A.2 by=anna exam=070-411 sit=2013-01-12T09:00Z delivery=test-centre
expect refused S1-7 [open-registrations]
tick to 2013-01-10T12:00Z
when result A.1 fail
expect events ExamFailed RetakeGranted
# R7: the unused retake of the first exam is no open registration
when schedule A.2 by=anna exam=070-411 sit=2013-01-20T09:00Z delivery=test-centre
expect events ExamScheduled
when schedule A.1 by=anna exam=070-410 sit=2013-01-21T09:00Z delivery=test-centre
expect refused S1-7 [open-registrations]
tick to 2013-01-20T12:00Z
when result A.2 fail
expect events ExamFailed RetakeGranted

# S1-2: one, and only one, retake for each of the three
when schedule A.1 by=anna exam=070-410 sit=2013-02-01T09:00Z delivery=test-centre
expect events ExamScheduled
tick to 2013-02-01T12:00Z
when result A.1 fail
expect events ExamFailed
expect A.1 attempts 2 of 2
when schedule A.1 by=anna exam=070-410 sit=2013-03-01T09:00Z delivery=test-centre
expect refused S1-2 [attempts-left]
when schedule A.2 by=anna exam=070-411 sit=2013-02-10T09:00Z delivery=test-centre
expect events ExamScheduled
tick to 2013-02-10T12:00Z
when result A.2 pass
expect A.2 used

# S1-1: a retake is for an exam that was not passed at the first try
when issue D channel=account-manager valid-until=2013-05-31
when schedule D.1 by=emil exam=070-410 sit=2013-02-20T09:00Z delivery=test-centre
tick to 2013-02-20T12:00Z
when result D.1 pass
when schedule D.1 by=emil exam=070-410 sit=2013-03-20T09:00Z delivery=test-centre
expect refused S1-1 [retake-needs-fail]

# S1-11, V-money: and free for paid exams only
when issue B channel=account-manager valid-until=2013-05-31 free
when schedule B.1 by=dora exam=070-410 sit=2013-03-01T09:00Z delivery=test-centre
expect events HolderBound ExamScheduled
tick to 2013-03-01T12:00Z
when result B.1 fail
expect events ExamFailed
expect warned S1-1
when schedule B.1 by=dora exam=070-410 sit=2013-03-10T09:00Z delivery=test-centre
expect refused S1-1 [retake-only-if-paid]

# S1-3: payment is made when the exam is scheduled, so that a free voucher may carry a paid exam
when schedule B.2 by=dora exam=070-411 sit=2013-03-20T09:00Z delivery=test-centre paid=yes
tick to 2013-03-20T12:00Z
when result B.2 fail
expect events ExamFailed RetakeGranted

# S1-3: the retake as well by the date on the voucher
when schedule A.3 by=anna exam=072-640 sit=2013-05-30T09:00Z delivery=test-centre
expect events ExamScheduled
tick to 2013-05-30T12:00Z
when result A.3 fail
expect events ExamFailed RetakeGranted
when schedule A.3 by=anna exam=072-640 sit=2013-06-01T00:00Z delivery=test-centre
expect refused S1-3 [retake-sit-by]
# S1-4: after that date the offer and its vouchers are void
tick to 2013-06-01T00:00Z
expect expired A.3 B.2 B.3 D.2 D.3
when schedule A.3 by=anna exam=072-640 sit=2013-06-02T09:00Z delivery=test-centre
expect refused S1-3 [retake-register-by]
when issue C channel=account-manager valid-until=2013-05-31
expect refused S1-3/S1-4 [order-date]
