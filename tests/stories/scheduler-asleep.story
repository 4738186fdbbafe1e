# A right ends when its deadline passes, whether or not the scheduler has put that on record.
story The expiry scheduler oversleeps

at 2019-09-01T10:00Z
offer exam-replay
offer site-pack-125-mta-mce
exam AZ-104 categories=associate
agreement EES-1 programme=ees from=2019-07-01 to=2022-06-30 buyer=accredited,authorised-testing-centre

when issue A offer=exam-replay
when issue B offer=exam-replay
when issue C offer=exam-replay
when issue P offer=site-pack-125-mta-mce agreement=EES-1
when issue Q offer=site-pack-125-mta-mce agreement=EES-1

# S3-29: a promise that was broken goes on record with the step that came too late, though nobody was awake in between
skip to 2019-09-06T10:00Z
when step Q notice-sent
expect events DeliveryOverdue StepTaken
expect warned S3-29

# one instant before the end, nobody awake
skip to 2020-09-01T23:59:59.999Z
expect A unused
when schedule B by=ben exam=AZ-104 sit=2020-09-01T23:59:59.999Z delivery=online
expect events HolderBound ExamScheduled

# S0-6, R1: at that instant the right is gone, though nothing is on record
skip to 2020-09-02T00:00Z
expect A ended
when schedule A by=anna exam=AZ-104 sit=2020-09-02T09:00Z delivery=online
expect refused S0-6 [register-by]
when replace-code A
expect refused R11 [reissue-allowed]

# R3: and a result for an exam that was sat in time is taken
when result B pass
expect events ExamPassed

# weeks later the scheduler wakes, and records what has long been so; the promise of S3-29 was broken too
skip P3W
tick PT1S
expect overdue P access-notice
expect A ended
expect C ended
expect B used
# nothing is left to record
when expire A
expect refused R1 [due]
tick P1D
expect expired nothing
