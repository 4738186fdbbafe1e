# A chargeback takes back what nobody used, whatever became of the voucher; a dispute that is won gives it again (R15).
story A dispute that was won

at 2019-09-01T10:00Z
offer exam-replay
exam AZ-104 categories=associate

when issue A offer=exam-replay
when issue B offer=exam-replay
when issue C offer=exam-replay
when issue D offer=exam-replay

# never used
when revoke A reason=chargeback
expect A revoked
when schedule A by=anna exam=AZ-104 sit=2019-10-01T09:00Z delivery=online
expect refused R15 [not-revoked]
when reinstate A reason=dispute-won
expect events Reinstated
expect A unused
when reinstate A reason=dispute-won
expect repeated

# failed, with a retake to come
when schedule B by=ben exam=AZ-104 sit=2019-10-01T09:00Z delivery=online
# booked, and cancelled by the chargeback
when schedule C by=cleo exam=AZ-104 sit=2019-11-01T09:00Z delivery=online
tick to 2019-10-01T12:00Z
when result B fail
expect B retake
when revoke B reason=chargeback
expect events RetakeWithdrawn Revoked
expect B used
when reinstate B reason=dispute-won
expect events Reinstated RetakeGranted
expect B retake
when revoke C reason=chargeback
expect events ExamCancelled Revoked
when reinstate C reason=dispute-won
expect events Reinstated
expect warned R15
expect C unused
expect C attempts 0 of 2

# ended: the chargeback is on record, goodwill revives nothing, and the deadline stays where it was
tick to 2020-09-02T00:00Z
expect D ended
when revoke D reason=chargeback
expect D revoked
when extend D longer-term=2020-12-31 reason=illness actor=olga
expect refused R15 [not-revoked]
when reinstate D reason=dispute-won
expect events Reinstated
expect warned S0-6
expect D ended

# what was taken back for another reason stays so
when revoke D reason=fraud
when reinstate D reason=dispute-won
expect repeated
expect D revoked
