# The same thing asked twice happens once.
story Idempotency

at 2019-09-01T10:00Z
offer exam-replay
exam AZ-104 categories=associate

# the same command, by its id: answered from the record
when issue A offer=exam-replay purchased=2019-09-01T10:00Z id=w-1
expect events VoucherIssued
when again
expect replayed

# another command under the same id is no answer at all
when issue B offer=exam-replay id=w-1
expect error id-reused

# the same order line under another id: the same voucher
tick P1D
when issue A offer=exam-replay purchased=2019-09-01T10:00Z id=w-2
expect repeated
when issue A offer=exam-replay purchased=2019-09-01T10:00Z quantity=2 id=w-3
expect refused ledger [order-unchanged]
# another line of the order is another voucher
when issue L2 offer=exam-replay order=A line=2
expect events VoucherIssued
# an order of another shop with the same number is another order
when issue S2 offer=exam-replay order=A shop=other-shop
expect events VoucherIssued

# an order that one commit can't hold is one order all the same: sent again, under its own id or another, it is done once
when issue M offer=exam-replay quantity=600 id=m-1
expect events VoucherIssued
when again
expect replayed
when issue M offer=exam-replay quantity=600 id=m-2
expect repeated
when issue M offer=exam-replay quantity=601 id=m-3
expect refused ledger [order-unchanged]
when issue M offer=exam-replay quantity=601 id=m-1
expect error id-reused
expect M#600 unused

when schedule A by=anna exam=AZ-104 sit=2019-10-01T09:00Z delivery=online id=s-a
expect events HolderBound ExamScheduled
when again
expect replayed
tick to 2019-10-01T12:00Z

# a result sent twice is one result; another result is no second one
when result A fail id=r-1
expect events ExamFailed RetakeGranted
when again
expect replayed
when result A fail sat=2019-10-01T09:00Z id=r-2
expect repeated
# without the time of its sitting it may be the retake's, whose registration is still on its way
when result A fail id=r-4
expect refused ledger [result-awaited]
when result A pass id=r-3
expect refused ledger [result-awaited]
expect A attempts 1 of 2

# a refusal is an answer too, and stays what it was when the way is free by now
when schedule L2 by=ben exam=AZ-104 sit=2020-09-10T09:00Z delivery=online id=late-1
expect refused S0-6 [sit-by]
when extend L2 longer-term=2020-12-31 reason=illness actor=olga
expect events GoodwillProposed
when approve-goodwill L2 1 actor=petra
expect events Extended
when schedule L2 by=ben exam=AZ-104 sit=2020-09-10T09:00Z delivery=online id=late-1
expect replayed
when schedule L2 by=ben exam=AZ-104 sit=2020-09-10T09:00Z delivery=online id=late-2
expect events HolderBound ExamScheduled
