# R15 in a pack: exams that nobody touched are taken back, the others stay.
story A pack, refunded after its first exam

at 2012-12-03T10:00Z
offer second-shot-pack-2012
exam 070-410 categories=professional

when issue A channel=account-manager valid-until=2013-05-31
when schedule A.1 by=anna exam=070-410 sit=2012-12-10T09:00Z delivery=test-centre
tick to 2012-12-10T12:00Z
when result A.1 pass
tick to 2012-12-17T23:59:59Z
when revoke A reason=refund
expect events Revoked
expect warned R15
expect A.1 used
expect A.2 revoked
expect A.3 revoked
when replace-code A.2
expect refused R15 [not-revoked]
when again
expect replayed
