# A refund takes back what nobody used, once; what was used stays used (R15).
story Refunds and chargebacks

at 2019-09-01T10:00Z
offer exam-replay
offer exam-replay-practice-test
offer second-shot-pack-2012
offer volume-licensing-exam-voucher
exam AZ-104 categories=associate
exam 070-410 categories=professional
practice-test PT-SQL offers=exam-replay-practice-test

# R15: unused
when issue A offer=exam-replay
when revoke A reason=refund
expect events Revoked
expect A revoked
# asked for twice, it happens once
when revoke A reason=refund
expect repeated
# a chargeback of what was refunded is another reason, and goes on record once
when revoke A reason=chargeback
expect events Revoked
when revoke A reason=chargeback
expect repeated
when schedule A by=anna exam=AZ-104 sit=2019-10-01T09:00Z delivery=online
expect refused R15 [not-revoked]

# R15: registered for a sitting ahead
when issue B offer=exam-replay
when schedule B by=ben exam=AZ-104 sit=2019-09-20T09:00Z delivery=online
when revoke B reason=refund
expect events ExamCancelled Revoked
expect B revoked

# R15: the exam was sat and failed; only the retake is left to take back
when issue C offer=exam-replay
when schedule C by=cleo exam=AZ-104 sit=2019-09-10T09:00Z delivery=online
tick to 2019-09-10T12:00Z
when result C fail
when revoke C reason=refund
expect events RetakeWithdrawn Revoked
expect warned R15
expect C used

# R15: the retake is registered
when issue D offer=exam-replay
when schedule D by=dora exam=AZ-104 sit=2019-09-11T09:00Z delivery=online
tick to 2019-09-11T12:00Z
when result D fail
when schedule D by=dora exam=AZ-104 sit=2019-09-25T09:00Z delivery=online
when revoke D reason=refund
expect events ExamCancelled RetakeWithdrawn Revoked
expect D used

# R15: a passed exam stays passed; should the result turn out wrong (R14), the refunded retake is not granted any more
when issue E offer=exam-replay
when schedule E by=emil exam=AZ-104 sit=2019-09-12T09:00Z delivery=online
tick to 2019-09-12T12:00Z
when result E pass
when revoke E reason=refund
expect events Revoked
expect warned R15
expect E used
when revoke E reason=refund
expect repeated
when correct E attempt=1 fail
expect events ResultCorrected
expect E used

# R10: an unactivated practice test goes with the purchase, an activated one stays
when issue F offer=exam-replay-practice-test
when issue G offer=exam-replay-practice-test
when activate G.2 by=gus test=PT-SQL
when revoke F reason=refund
expect events Revoked
expect F.2 revoked
when revoke G reason=refund
expect events Revoked
expect warned R15
expect G.1 revoked
expect G.2 active

# R15: refundable until the thirtieth day, inside; a chargeback knows no such limit
when issue H offer=exam-replay
tick to 2019-10-12T23:59:59Z
when issue I offer=exam-replay purchased=2019-09-12T12:00Z
when revoke I reason=refund
expect events Revoked
tick to 2019-10-13T00:00Z
when revoke H reason=refund
expect refused R15 [refundable]
expect H unused
when revoke H reason=chargeback
expect events Revoked
expect H revoked

# S3-16: a code of an agreement is never refunded
agreement EA-1 programme=volume-licensing from=2019-07-01 to=2020-06-30
when issue J offer=volume-licensing-exam-voucher agreement=EA-1
when revoke J reason=refund
expect refused S3-16 [refundable]

# R15: behind its time a refund is refused of a voucher that has ended, too; nothing was refunded
when issue K offer=exam-replay purchased=2018-10-12T10:00Z
expect warned S0-6
expect K ended
when revoke K reason=refund
expect refused R15 [refundable]

# R15: … a chargeback is recorded all the same, and nothing revives the right
when revoke K reason=chargeback
expect events Revoked
expect K revoked
when revoke K reason=chargeback
expect repeated
