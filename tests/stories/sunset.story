# A product stops being sold, and existing contracts go on (S3-10).
story The end of a sale

at 2019-08-01T10:00Z
offer e-reference-library
offer exam-replay
exam AZ-104 categories=associate
agreement EA-1 programme=volume-licensing from=2019-07-01 to=2020-06-30

when issue A offer=e-reference-library agreement=EA-1
when issue X offer=exam-replay

tick to 2019-09-01T10:00Z
when withdraw-offer e-reference-library grandfather=open-agreements
expect events OfferWithdrawn
when withdraw-offer e-reference-library
expect refused S3-10 [still-sold]

tick to 2019-10-01T10:00Z
# S3-10: an agreement that was open before orders on, a later one does not
when issue B offer=e-reference-library agreement=EA-1
expect events VoucherIssued
agreement EA-2 programme=volume-licensing from=2019-10-01 to=2020-09-30
when issue C offer=e-reference-library agreement=EA-2
expect refused S3-10 [still-sold]

# S3-10: what was sold goes on
when assign A to=anna
when activate A by=anna
expect events LibraryUnlocked
expect A ends 2020-07-01T00:00Z

# withdrawn for everybody: nobody buys, and the vouchers live on
when withdraw-offer exam-replay
expect events OfferWithdrawn
when issue Y offer=exam-replay
expect refused exam-replay#still-sold [still-sold]
when schedule X by=xenia exam=AZ-104 sit=2019-11-01T09:00Z delivery=online
expect events HolderBound ExamScheduled
tick to 2019-11-01T12:00Z
when result X fail
expect events ExamFailed RetakeGranted
