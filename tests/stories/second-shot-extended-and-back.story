# The offer of 2007 was extended to the end of June 2008 (S2-7), and came back in August under its old name (S2-8).
story Second Shot: extended in time, extended too late, and back again

at 2007-12-01T10:00Z
offer second-shot-2007-first-try
offer second-shot-2007-second-try
offer second-shot-2008
offer second-shot-pack-2012
exam 70-298 categories=professional
exam 070-410 categories=professional

when issue A offer=second-shot-2007-second-try
when issue B offer=second-shot-2007-first-try
expect B ends 2008-02-01T00:00Z

# S2-7, R12: an extension in time moves what is alive
tick to 2008-01-20T10:00Z
when extend-offer second-shot-2007-second-try to=2008-01-31
expect refused R12 [end-moves-later]
when extend-offer second-shot-2007-second-try to=2008-06-30
expect events OfferExtended
expect A ends 2008-07-01T00:00Z
tick to 2008-02-01T00:00Z
expect expired B
when schedule A by=anna exam=70-298 sit=2008-02-20T09:00Z channel=web
expect events HolderBound ExamScheduled
tick to 2008-02-20T12:00Z
when result A fail
expect events ExamFailed RetakeGranted
expect A ends 2008-07-01T00:00Z

# R12: the other one is extended after its end; it is sold again, and what has expired stays so
when extend-offer second-shot-2007-first-try to=2008-06-30
expect events OfferExtended
expect B ended
when schedule B by=ben exam=70-298 sit=2008-03-01T09:00Z channel=web
expect refused S2-5 [register-by]
when issue C offer=second-shot-2007-first-try
expect events VoucherIssued
expect C ends 2008-07-01T00:00Z

tick to 2008-07-01T00:00Z
expect expired A C
when issue D offer=second-shot-2007-first-try
expect refused S2-5 [on-sale-until]

# S2-8: back from 5 August 2008 under the same name, as an offer of its own
tick to 2008-08-04T23:59:59Z
when issue E offer=second-shot-2008
expect refused S2-8 [on-sale-from]
tick to 2008-08-05T00:00Z
when issue E offer=second-shot-2008
expect events VoucherIssued
expect A ended

# S1-3: where the date is printed on the voucher, it comes with the order line, and nothing of the offer moves it
tick to 2012-12-03T10:00Z
when issue F offer=second-shot-pack-2012 channel=account-manager valid-until=2013-05-31
expect F ends 2013-06-01T00:00Z
when issue G offer=second-shot-pack-2012 channel=account-manager valid-until=2013-12-31
expect G ends 2014-01-01T00:00Z
# … so that none is sold after its printed date
tick to 2013-06-10T10:00Z
when issue H offer=second-shot-pack-2012 channel=account-manager valid-until=2013-05-31
expect refused S1-3/S1-4 [order-date]
