# A lost voucher number is replaced by a new one (S1-9): same rights, same dates, and the old one dead at once (R11).
story A lost code, replaced twice

at 2012-12-03T10:00Z
offer second-shot-pack-2012
exam 070-410 categories=professional
exam 070-411 categories=professional

when issue A channel=account-manager valid-until=2013-05-31
expect A.1 codes 1
when schedule code(A.1) by=anna exam=070-410 sit=2013-01-10T09:00Z delivery=test-centre
expect events HolderBound ExamScheduled
tick to 2013-01-10T12:00Z
when result A.1 fail
expect events ExamFailed RetakeGranted

# S1-9
when replace-code A.1
expect events CodeReplaced
expect A.1 codes 2
expect A.1 retake
expect A.1 attempts 1 of 2
expect A.1 ends 2013-06-01T00:00Z
# R11: to its holder the old code answers that it was replaced
when schedule old-code(A.1) by=anna exam=070-410 sit=2013-02-10T09:00Z delivery=test-centre
expect refused S1-9 [code-current]
# R11: to anybody else it answers what an unknown code answers
when schedule old-code(A.1) by=ben exam=070-410 sit=2013-02-10T09:00Z delivery=test-centre
expect refused R11 [known-voucher]
when schedule nobody.1 by=ben exam=070-410 sit=2013-02-10T09:00Z delivery=test-centre
expect refused R11 [known-voucher]
# the other vouchers of the pack keep their codes
expect A.2 codes 1

# lost again; the newest code has the rights of the first
when replace-code A.1
expect events CodeReplaced
expect A.1 codes 3
when schedule code(A.1) by=anna exam=070-410 sit=2013-02-10T09:00Z delivery=test-centre
expect events ExamScheduled
tick to 2013-02-10T12:00Z
when result A.1 pass
expect A.1 used

# R11: what is used up, or has ended, gets no new code
when replace-code A.1
expect refused S1-9 [reissue-allowed]
tick to 2013-06-01T00:00Z
when replace-code A.2
expect refused S1-9 [reissue-allowed]

# a voucher that nobody holds yet: its old code is unknown to everybody
tick to 2013-06-02T00:00Z
offer exam-replay
exam AZ-104 categories=associate
when issue B offer=exam-replay
when replace-code B
expect events CodeReplaced
when schedule old-code(B) by=anna exam=AZ-104 sit=2013-07-01T09:00Z delivery=online
expect refused R11 [known-voucher]
when schedule code(B) by=anna exam=AZ-104 sit=2013-07-01T09:00Z delivery=online
expect events HolderBound ExamScheduled
