# Second Shot in the autumn of 2007. The source does not know which try its end date limits (S2-6), so the programme
# is two offers that differ in that alone; here both run side by side.
story Second Shot 2007: both readings of the end date

at 2007-09-14T12:00Z
offer second-shot-2007-first-try
offer second-shot-2007-second-try
exam 70-298 categories=professional
exam 70-536 categories=developer
exam 77-601 categories=mos

# S2-10: nothing before 15 September
when issue A offer=second-shot-2007-first-try
expect refused S2-10 [on-sale-from]

tick to 2007-09-15T08:00Z
# S2-2: without a code there is no offer
when schedule nobody.1 by=anna exam=70-298 sit=2007-10-01T09:00Z channel=web
expect refused R11 [known-voucher]

when issue A offer=second-shot-2007-first-try
expect events VoucherIssued
when issue B offer=second-shot-2007-second-try
when issue C offer=second-shot-2007-second-try
# S2-5: until 31 January
expect A ends 2008-02-01T00:00Z
expect B ends 2008-02-01T00:00Z

# S2-2: the code can't be attached to an earlier registration
when schedule A by=anna exam=70-298 sit=2007-10-01T09:00Z booked=2007-09-14T10:00Z channel=web
expect refused S2-2 [not-retroactive]
# S2-9: not for MOS, and through the provider
when schedule A by=anna exam=77-601 sit=2007-10-01T09:00Z channel=web
expect refused S2-9 [exam-eligible]
when schedule A by=anna exam=70-298 sit=2007-10-01T09:00Z channel=web provider=pearson-vue
expect refused S2-9 [provider]
# S2-11: web site, call centre, test centre
when schedule A by=anna exam=70-298 sit=2007-10-01T09:00Z channel=fax
expect refused S2-11 [register-channel]

# S2-1: code first, then schedule with it, then sit
when schedule code(C) by=cleo exam=70-536 sit=2007-10-01T09:00Z channel=test-centre provider=prometric
expect events HolderBound ExamScheduled
tick to 2007-10-01T15:00Z
when result C fail
expect events ExamFailed RetakeGranted
# S2-4, R4: one day's wait, from the day after the failed exam
when schedule code(C) by=cleo exam=70-536 sit=2007-10-05T09:00Z channel=web
expect refused S2-4 [retake-wait]
tick to 2007-10-01T23:59:59Z
when schedule code(C) by=cleo exam=70-536 sit=2007-10-05T09:00Z channel=web
expect refused S2-4 [retake-wait]
tick to 2007-10-02T00:00Z
# S2-3: the same exam …
when schedule code(C) by=cleo exam=70-298 sit=2007-10-05T09:00Z channel=web
expect refused S2-3 [same-exam]
# … with the same code
when schedule code(C) by=cleo exam=70-536 sit=2007-10-05T09:00Z channel=call-centre
expect events ExamScheduled
expect C codes 1
tick to 2007-10-05T15:00Z
when result C fail
expect events ExamFailed
expect C used
when schedule code(C) by=cleo exam=70-536 sit=2007-11-05T09:00Z channel=web
expect refused S2-3 [attempts-left]

# S2-6, R2: registering and sitting, first try and retake have dates of their own; both candidates
# sit their first try on the last day but one
when schedule A by=anna exam=70-298 sit=2008-01-30T18:00Z channel=web
expect events HolderBound ExamScheduled
when schedule B by=ben exam=70-298 sit=2008-01-30T18:00Z channel=web
expect events HolderBound ExamScheduled
tick to 2008-01-31T06:00Z
when result A fail
expect events ExamFailed RetakeGranted
when result B fail
expect events ExamFailed RetakeGranted
# S2-13: where it limits the first try, the retake has a timeframe of its own; where it limits the second, a few hours are left
expect A ends 2008-03-31T00:00Z
expect B ends 2008-02-01T00:00Z
when schedule B by=ben exam=70-298 sit=2008-02-01T00:00Z channel=web
expect refused S2-6 [retake-sit-by]
tick to 2008-02-01T00:00Z
expect expired B
when schedule B by=ben exam=70-298 sit=2008-02-10T09:00Z channel=web
expect refused S2-6 [retake-register-by]
when schedule A by=anna exam=70-298 sit=2008-02-10T09:00Z channel=web
expect events ExamScheduled

# S2-5: and the offer is over
when issue D offer=second-shot-2007-first-try
expect refused S2-5 [on-sale-until]
