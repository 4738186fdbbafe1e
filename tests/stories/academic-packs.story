# Imagine Academy, site packs and class packs, bought by schools through academic agreements. Of the vocabulary it shows
# V-structure (packs shared out to branches), V-eligibility (buyers, mixes) and V-money (tier, proration, co-term).
story Academic volume licensing: academy, packs, mixes, co-term, proration

at 2019-09-02T10:00Z
offer imagine-academy-subscription
offer site-pack-500
offer site-pack-125-mta-mce
offer site-pack-125-mos-mce
offer offers/site-pack-125-either.toml
offer class-pack-30
exam MO-77 categories=mos
exam MT-98 categories=mta
exam MC-62 categories=mce
exam 70-740 categories=mcsa
agreement EES-1 programme=ees from=2019-07-01 to=2022-06-30 buyer=accredited,authorised-testing-centre branches=north,south
agreement EES-2 programme=ees from=2019-07-01 to=2022-06-30 buyer=accredited
agreement EES-3 programme=ees from=2019-07-01 to=2022-06-30
agreement EA-1 programme=volume-licensing from=2019-07-01 to=2020-06-30 buyer=accredited

# S3-4: an annual subscription, for accredited institutions
when issue I offer=imagine-academy-subscription agreement=EES-3 holder=third-school
expect refused S3-4 [buyer-qualifies]
# S3-9: through the academic programmes
when issue I offer=imagine-academy-subscription agreement=EA-1 holder=a-company
expect refused S3-9 [under-agreement]

# S3-26: any accredited institution may buy packs, with an academy or without
when issue K offer=class-pack-30 agreement=EES-3
expect refused S3-26 [buyer-qualifies]
when issue K offer=class-pack-30 agreement=EES-2
expect events VoucherIssued
# S3-28: any of them may buy site packs, and authorised testing centres alone deploy them
when issue Z offer=site-pack-500 agreement=EES-2
expect events VoucherIssued
expect warned S3-28
when assign Z.1 to=zoe
when schedule Z.1 by=zoe exam=MO-77 sit=2019-10-01T09:00Z delivery=test-centre
expect refused S3-28 [buyer-at-use]
when amend-agreement EES-2 buyer=accredited,authorised-testing-centre
when schedule Z.1 by=zoe exam=MO-77 sit=2019-10-01T09:00Z delivery=test-centre
expect events ExamScheduled
when issue S offer=site-pack-500 agreement=EES-1 tier=level-d
expect events VoucherIssued
expect no warning

# S3-5: a fixed number of vouchers, usable for one year; S3-6: 500, S3-8: 30
expect S.500 ends 2020-09-03T00:00Z
expect K.30 ends 2020-09-03T00:00Z

# S3-29: the notice of access comes within 24 hours
when step K processed
tick to 2019-09-03T09:59:59Z
expect overdue nothing
tick to 2019-09-03T10:00Z
expect overdue S access-notice
when step S notice-sent
expect warned S3-29
# S3-17, S3-18, S3-27: packs are confirmed in 48 hours, and their codes come within ten business days of billing
when step K confirmed
expect no warning
when step K billed

# S3-6: any mix of the three, shared out to the branches
when share-out S to=north count=300
expect events VouchersSharedOut
when share-out S to=south count=201
expect refused site-pack-500#share-available [share-available]
when assign S.1 to=anna branch=north
expect events HolderBound
when assign S.2 to=ben branch=south
expect refused site-pack-500#shared-out [shared-out]
when assign S.2 to=ben branch=north
when assign S.301 to=cleo
when schedule S.1 by=anna exam=MO-77 sit=2019-10-01T09:00Z delivery=test-centre branch=north
expect events ExamScheduled
when schedule S.2 by=ben exam=MT-98 sit=2019-10-01T09:00Z delivery=test-centre branch=north
expect events ExamScheduled
when schedule S.301 by=cleo exam=70-740 sit=2019-10-01T09:00Z delivery=test-centre
expect refused S3-6 [exam-eligible]
when schedule S.301 by=cleo exam=MC-62 sit=2019-10-01T09:00Z delivery=online
expect refused S3-28 [delivery]
when schedule S.301 by=cleo exam=MC-62 sit=2019-10-01T09:00Z delivery=test-centre
expect events ExamScheduled

# untouched vouchers can be taken back from a branch; when it leaves the agreement, the others belong to the pool again
when take-back-share S from=north count=299
expect refused site-pack-500#share-available [share-available]
when take-back-share S from=north count=98
expect events SharesTakenBack
when share-out S to=south count=98
expect events VouchersSharedOut
when amend-agreement EES-1 branches=south
when schedule S.2 by=ben exam=MT-98 sit=2019-10-02T09:00Z delivery=test-centre branch=north
expect refused site-pack-500#shared-out [shared-out]
when assign S.200 to=kim branch=north
expect refused site-pack-500#shared-out [shared-out]
when assign S.200 to=kim
expect events HolderBound
when share-out S to=south count=399
expect refused site-pack-500#share-available [share-available]

# S3-8: professional exams
when assign K.1 to=dora
when schedule K.1 by=dora exam=MO-77 sit=2019-10-01T09:00Z
expect refused S3-8 [exam-eligible]
when schedule K.1 by=dora exam=70-740 sit=2019-10-01T09:00Z
expect events ExamScheduled

# S3-7: the smaller packs hold MTA and MCE …
when issue M offer=site-pack-125-mta-mce agreement=EES-1
when assign M.1 to=emil
when schedule M.1 by=emil exam=MO-77 sit=2019-10-01T09:00Z delivery=test-centre
expect refused S3-7 [pack-mix]
when schedule M.1 by=emil exam=MT-98 sit=2019-10-01T09:00Z delivery=test-centre
expect events ExamScheduled
# … or MOS and MCE …
when issue N offer=site-pack-125-mos-mce agreement=EES-1
when assign N.1 to=fay
when schedule N.1 by=fay exam=MT-98 sit=2019-10-01T09:00Z delivery=test-centre
expect refused S3-7 [pack-mix]
when schedule N.1 by=fay exam=MO-77 sit=2019-10-01T09:00Z delivery=test-centre
expect events ExamScheduled
# … or become either by their first exams, but never all three
when issue E offer=site-pack-125-either agreement=EES-1
when assign E.1 to=gus
when assign E.2 to=hana
when assign E.3 to=ida
when schedule E.1 by=gus exam=MC-62 sit=2019-10-01T09:00Z delivery=test-centre
expect events ExamScheduled
when schedule E.2 by=hana exam=MO-77 sit=2019-10-01T09:00Z delivery=test-centre
expect events ExamScheduled
when schedule E.3 by=ida exam=MT-98 sit=2019-10-01T09:00Z delivery=test-centre
expect refused S3-7 [pack-mix]
# a registration that is cancelled has chosen nothing
when cancel E.2
expect events ExamCancelled
when schedule E.3 by=ida exam=MT-98 sit=2019-10-01T09:00Z delivery=test-centre
expect events ExamScheduled

# S3-4: a year
when issue I offer=imagine-academy-subscription agreement=EES-1 holder=first-school
expect events VoucherIssued HolderBound
expect I ends 2020-09-04T00:00Z
when activate I by=first-school
expect events SubscriptionStarted

# S3-22: what is ordered after that subscription ends with it
tick to 2020-03-02T10:00Z
when issue J offer=imagine-academy-subscription agreement=EES-1 holder=first-school
expect J ends 2020-09-04T00:00Z
when issue T offer=site-pack-500 agreement=EES-1
expect T.1 ends 2020-09-04T00:00Z
# … while an agreement without a subscription gives a whole year
when issue U offer=class-pack-30 agreement=EES-2
expect U.1 ends 2021-03-03T00:00Z

# S3-13, S3-21: under a contract that ends sooner, the months that remain
tick to 2022-03-02T10:00Z
when issue V offer=class-pack-30 agreement=EES-2
expect events VoucherIssued
expect V.1 ends 2022-07-01T00:00Z

# At the end of it all, what is unused is gone. Each refusal cites the clause of the date that decided: the end of the
# contract (S3-16), that of the first subscription order (S3-22), or a year (S3-5); R21
tick to 2022-07-01T00:00Z
when assign V.1 to=jo
expect refused S3-16 [register-by]
when assign T.1 to=jo
expect refused S3-22 [register-by]
when assign U.1 to=jo
expect refused S3-5 [register-by]

# S3-22: a subscription that was taken back ties nothing
agreement EES-4 programme=ees from=2022-07-01 to=2026-06-30 buyer=accredited
# S3-12: an order before the first day is taken, and its year begins with the agreement
when issue X offer=imagine-academy-subscription agreement=EES-4 holder=fourth-school purchased=2022-06-20T10:00Z
expect X ends 2023-07-02T00:00Z
tick to 2022-07-04T10:00Z
when revoke X reason=chargeback
expect events Revoked
tick to 2023-06-28T10:00Z
when issue Y offer=imagine-academy-subscription agreement=EES-4 holder=fourth-school
expect Y ends 2024-06-29T00:00Z
# S3-13, S3-21: the order says which
when issue W offer=class-pack-30 agreement=EES-4 mode=prorated
expect W.1 ends 2024-06-29T00:00Z
