# A result that was recorded wrongly is corrected (R14): both facts stay, and what follows from the right one is put in
# order.
story Corrected results

at 2019-09-01T10:00Z
offer exam-replay
exam AZ-104 categories=associate

when issue A offer=exam-replay
when issue B offer=exam-replay
when issue C offer=exam-replay
when issue D offer=exam-replay
when schedule A by=anna exam=AZ-104 sit=2019-10-01T09:00Z delivery=online
when schedule B by=ben exam=AZ-104 sit=2019-10-01T09:00Z delivery=online
when schedule C by=cleo exam=AZ-104 sit=2019-10-01T09:00Z delivery=online
when schedule D by=dora exam=AZ-104 sit=2019-10-01T09:00Z delivery=online

# only a result that is on record can be corrected
when correct A attempt=1 pass
expect refused R14 [result-known]
tick to 2019-10-01T12:00Z

# R14: fail to pass withdraws an unused retake
when result A fail
expect events ExamFailed RetakeGranted
when correct A attempt=1 pass
expect events ResultCorrected RetakeWithdrawn
expect A used
when schedule A by=anna exam=AZ-104 sit=2019-11-01T09:00Z delivery=online
expect refused S0-7 [retake-needs-fail]
when correct A attempt=1 pass
expect repeated

# R14: … and one that is registered already
when result B fail
when schedule B by=ben exam=AZ-104 sit=2019-11-01T09:00Z delivery=online
when correct B attempt=1 pass
expect events ResultCorrected ExamCancelled RetakeWithdrawn
expect warned R14
expect B used

# R14: pass to fail grants one, if time remains
when result C pass
expect C used
when schedule C by=cleo exam=AZ-104 sit=2019-11-01T09:00Z delivery=online
expect refused S0-7 [retake-needs-fail]
when correct C attempt=1 fail
expect events ResultCorrected RetakeGranted
expect C retake
when schedule C by=cleo exam=AZ-104 sit=2019-11-01T09:00Z delivery=online
expect events ExamScheduled

# R14: … and none, if no time remains
when result D pass
tick to 2020-09-02T00:00Z
when correct D attempt=1 fail
expect events ResultCorrected
expect warned S0-6
expect D ended
when schedule D by=dora exam=AZ-104 sit=2020-09-10T09:00Z delivery=online
expect refused S0-6 [retake-register-by]

# a correction back again
when correct A attempt=1 fail
expect events ResultCorrected
expect A attempts 1 of 2
