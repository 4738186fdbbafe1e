# More than the terms give: a command of its own, with a reason, an operator, a second person and the decision in
# dispute (R17).
story Goodwill

at 2019-09-01T10:00Z
offer exam-replay
offer student-exam
exam AZ-104 categories=associate

when issue A offer=exam-replay
when issue B offer=exam-replay
when issue C offer=exam-replay
when issue S offer=student-exam buyer=student holder=sam

# R17: an extra attempt after both were failed
when schedule B by=ben exam=AZ-104 sit=2019-10-01T09:00Z delivery=online
tick to 2019-10-01T12:00Z
when result B fail
when schedule B by=ben exam=AZ-104 sit=2019-11-01T09:00Z delivery=online
tick to 2019-11-01T12:00Z
when result B fail
expect B used
when schedule B by=ben exam=AZ-104 sit=2019-12-01T09:00Z delivery=online id=refused-1
expect refused S0-1 [attempts-left]
# a reason out of the offer's list …
when extend B extra-attempt reason=kindness actor=olga
expect refused R17 [goodwill-reason]
# … a decision that is on record, if there is one in dispute …
when extend B extra-attempt reason=provider-fault actor=olga dispute=never-given
expect refused R17 [dispute-known]
# … and a second person, who acts by herself: a name that somebody types is nobody
when extend B extra-attempt reason=provider-fault approver=petra actor=olga
expect refused R17 [goodwill-approved]
when extend B extra-attempt reason=provider-fault actor=olga dispute=refused-1
expect events GoodwillProposed
expect warned R17
expect B used
when extend B extra-attempt reason=provider-fault actor=petra
expect repeated
when approve-goodwill B 1 actor=Olga
expect refused R17 [goodwill-approved]
when approve-goodwill B 2 actor=petra
expect refused R17 [proposal-waits]
when approve-goodwill B 1 actor=petra
expect events Extended RetakeGranted
when approve-goodwill B 1 actor=petra
expect repeated
expect B attempts 2 of 3
when schedule B by=ben exam=AZ-104 sit=2019-12-01T09:00Z delivery=online
expect events ExamScheduled
tick to 2019-12-01T12:00Z
when result B pass
expect B attempts 3 of 3
# a passed exam needs no further attempt
when extend B extra-attempt reason=provider-fault actor=olga
expect refused R17 [goodwill-allowed]

# R17: a waiver of one rule, for one voucher
when schedule C by=cleo exam=AZ-104 sit=2020-02-01T09:00Z delivery=phone
expect refused S0-8 [delivery]
when extend C waiver=delivery reason=illness actor=olga
expect events GoodwillProposed
when decline-goodwill C 1 actor=petra
expect events GoodwillDeclined
when approve-goodwill C 1 actor=paul
expect refused R17 [proposal-waits]
when extend C waiver=delivery for=cleo reason=illness actor=olga
expect events GoodwillProposed
# a proposal that nobody approves is over after seven days
tick P7D
when approve-goodwill C 2 actor=petra
expect refused R17 [proposal-waits]
when extend C waiver=delivery for=cleo reason=illness actor=olga
when approve-goodwill C 3 actor=petra
expect events Extended
when schedule C by=max exam=AZ-104 sit=2020-02-01T09:00Z delivery=phone
expect refused S0-8 [delivery]
when schedule C by=cleo exam=AZ-104 sit=2020-02-01T09:00Z delivery=phone
expect events HolderBound ExamScheduled

# R17: a longer term, after the end; this offer lets goodwill bring back what has ended
tick to 2020-09-02T00:00Z
expect A ended
when extend A longer-term=2020-12-31 reason=illness actor=olga
expect events GoodwillProposed
expect A ended
when approve-goodwill A 1 actor=petra
expect events Extended
expect A unused
expect A ends 2021-01-01T00:00Z
when schedule A by=anna exam=AZ-104 sit=2020-12-31T23:59Z delivery=online
expect events HolderBound ExamScheduled
when reschedule A sit=2021-01-01T00:00Z
expect refused S0-6 [sit-by]
tick to 2021-01-01T00:00Z
expect expired A

# R17: an offer without goodwill gives none
when extend S longer-term=2020-12-31 reason=illness actor=olga
expect refused R17 [goodwill-allowed]
