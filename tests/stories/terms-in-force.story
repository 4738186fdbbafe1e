# Which terms govern: those in force at purchase, or those in force at the first registration (R13).
story A new version of an offer is published

at 2021-01-04T00:00Z
offer exam-replay
offer ../offers/elsewhere/language-test.toml
exam AZ-104 categories=associate
exam R-1 categories=reading

when issue A offer=exam-replay
when issue X offer=language-test
when issue Y offer=language-test
when schedule Y by=yuki exam=R-1 sit=2021-02-01T01:00Z region=kr
expect events HolderBound ExamScheduled

tick to 2021-02-01T00:00Z
when publish exam-replay
expect refused R13 [new-version]
when publish offers/exam-replay-six-months.toml
expect events OfferPublished
when publish offers/language-test-japan.toml
expect events OfferPublished
when issue B offer=exam-replay

# R13: what was registered under the old terms keeps them, though its sitting has to be moved
when cancel Y by=provider
expect events ExamCancelled
when schedule Y by=yuki exam=R-1 sit=2021-03-01T01:00Z region=kr
expect events ExamScheduled
tick to 2021-03-01T05:00Z
when result Y pass
expect events ExamPassed

# R13: bought under twelve months, it keeps them; bought under six, it has six
expect A ends 2022-01-05T00:00Z
expect B ends 2021-08-02T00:00Z
tick to 2021-08-02T00:00Z
expect expired B
when schedule A by=anna exam=AZ-104 sit=2021-12-01T09:00Z delivery=online
expect events HolderBound ExamScheduled

# R13: the language test goes by the terms in force when it is first registered
when schedule X by=xavi exam=R-1 sit=2021-09-01T01:00Z region=kr
expect refused LT-4 [sit-region]
when schedule X by=xavi exam=R-1 sit=2021-09-01T01:00Z region=jp
expect events HolderBound ExamScheduled
