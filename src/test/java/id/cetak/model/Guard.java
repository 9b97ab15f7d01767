package id.cetak.model;

/** What the protocol relies on; without one of them, some order of events breaks an invariant. */
enum Guard {
  ACK_AFTER_COMMIT("a message is acknowledged when its job is committed"),
  ONE_JOB_PER_COMMAND("a command that comes again finds its job and makes no other"),
  FENCED_END("a job is ended by its newest attempt alone, and once"),
  EVENT_WITH_THE_END("the event is stored in the transaction that ends the job"),
  LEASE_BEFORE_EFFECT("a run looks at its lease before every effect"),
  EFFECTS_BY_THE_JOBS_ID("what a job makes is named after it, and found when it is there already"),
  UNDONE_BEFORE_THE_END("a job fails when nothing is left of what it made"),
  EXCLUSIVE_LOCK("a seal shares its template with nobody"),
  LOCK_UNTIL_THE_END("a lock is the job's until the job ends, whatever becomes of its worker"),
  RELEASE_WITH_THE_END("the job's end gives up its lock"),
  SENT_AFTER_CONFIRM("an event counts as sent when the broker has confirmed it"),
  BARRIER_BEFORE_CONSUME("the barrier stands before the source is removed and the seal announced"),
  BEGINNING_JOURNALED("that the source is being removed is journaled before it is"),
  LOST_ONES_ARE_CLAIMED("a job whose lease ran out is claimed again");

  final String words;

  Guard(String words) {
    this.words = words;
  }
}
