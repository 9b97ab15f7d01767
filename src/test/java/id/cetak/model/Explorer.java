package id.cetak.model;

import id.cetak.model.Protocol.Action;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Looks at every state that any order of events can lead to, the nearest first. */
final class Explorer {
  private final Protocol protocol;
  private final Map<State, Integer> numbers = new HashMap<>();
  private final List<State> states = new ArrayList<>();
  private final List<Integer> cameFrom = new ArrayList<>();
  private final List<String> cameBy = new ArrayList<>();
  private final List<List<Integer>> before = new ArrayList<>();

  Explorer(Protocol protocol) {
    this.protocol = protocol;
  }

  int size() {
    return states.size();
  }

  /**
   * Explores from the first state until one breaks an invariant.
   *
   * @return the shortest story that ends in such a state; empty when there is none
   */
  Optional<String> explore(State first, Set<Invariant> invariants) {
    see(first, -1, "");
    for (int at = 0; at < states.size(); at++) {
      State state = states.get(at);
      for (Invariant invariant : invariants) {
        if (!invariant.holds(state)) {
          return Optional.of(story(at, invariant + " is broken: " + invariant.words));
        }
      }
      for (Action action : protocol.next(state)) {
        int then = see(action.then(), at, action.words());
        if (!action.fault()) {
          before.get(then).add(at);
        }
      }
    }
    return Optional.empty();
  }

  private int see(State state, int from, String by) {
    Integer known = numbers.putIfAbsent(state, states.size());
    if (known != null) {
      return known;
    }
    states.add(state);
    cameFrom.add(from);
    cameBy.add(by);
    before.add(new ArrayList<>(2));
    return states.size() - 1;
  }

  /**
   * After an exploration that found nothing: whether an end can be reached from everywhere, by
   * things that go right.
   *
   * @return a story that ends where it cannot
   */
  Optional<String> stuck() {
    boolean[] ends = new boolean[states.size()];
    Deque<Integer> open = new ArrayDeque<>();
    for (int at = 0; at < ends.length; at++) {
      if (Invariant.end(states.get(at))) {
        ends[at] = true;
        open.add(at);
      }
    }
    while (!open.isEmpty()) {
      for (int earlier : before.get(open.remove())) {
        if (!ends[earlier]) {
          ends[earlier] = true;
          open.add(earlier);
        }
      }
    }
    for (int at = 0; at < ends.length; at++) {
      if (!ends[at]) {
        return Optional.of(story(at, "I9 is broken: no end can be reached from here"));
      }
    }
    return Optional.empty();
  }

  private String story(int last, String end) {
    List<String> lines = new ArrayList<>();
    for (int at = last; cameFrom.get(at) >= 0; at = cameFrom.get(at)) {
      lines.add(cameBy.get(at));
    }
    Collections.reverse(lines);
    StringBuilder story = new StringBuilder();
    for (int line = 0; line < lines.size(); line++) {
      story.append("%3d  %s%n".formatted(line + 1, lines.get(line)));
    }
    return story + "     " + end + "\n     " + states.get(last);
  }
}
