# A programme moves to another provider while vouchers are live (S2-12).
story Second Shot moves to another provider

at 2007-09-20T10:00Z
offer second-shot-2007-second-try
exam 70-298 categories=professional

when issue A offer=second-shot-2007-second-try
when issue B offer=second-shot-2007-second-try
when schedule A by=anna exam=70-298 sit=2007-10-15T09:00Z channel=web provider=prometric
expect events HolderBound ExamScheduled
tick to 2007-10-15T12:00Z
when result A fail
expect events ExamFailed RetakeGranted
when schedule B by=ben exam=70-298 sit=2007-11-20T09:00Z channel=web provider=prometric

tick to 2007-11-01T10:00Z
when migrate-provider second-shot-2007-second-try from=prometric to=pearson-vue
expect events ProviderMigrated
when migrate-provider second-shot-2007-second-try from=prometric to=pearson-vue
expect refused R13 [new-version]

# S2-12: the right is the same, and so is the code; the other provider delivers it
when schedule code(A) by=anna exam=70-298 sit=2007-11-15T09:00Z channel=web provider=prometric
expect refused S2-9 [provider]
when schedule code(A) by=anna exam=70-298 sit=2007-11-15T09:00Z channel=web provider=pearson-vue
expect events ExamScheduled
expect A codes 1
expect A ends 2008-02-01T00:00Z

# what was registered with the old provider goes on
tick to 2007-11-20T12:00Z
when result B pass
expect events ExamPassed
expect B used
