package dev.dropwise.deploy.fault;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.ClassType;
import com.sun.jdi.IntegerValue;
import com.sun.jdi.Method;
import com.sun.jdi.ObjectReference;
import com.sun.jdi.ReferenceType;
import com.sun.jdi.StringReference;
import com.sun.jdi.ThreadReference;
import com.sun.jdi.VMDisconnectedException;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.Connector;
import com.sun.jdi.connect.ListeningConnector;
import com.sun.jdi.event.BreakpointEvent;
import com.sun.jdi.event.Event;
import com.sun.jdi.event.EventSet;
import com.sun.jdi.request.BreakpointRequest;
import com.sun.jdi.request.EventRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A debugger that executors connect to when they start (JDWP), and that makes one of them throw in the middle of its work: a defect at a
 * place of our choice, without one in the program. For one thread.
 */
public final class Debugger implements AutoCloseable {
    /** Every rank has one, which knows its rank. */
    private static final String ROSTER = "dev.dropwise.worker.membership.Roster";
    /** Forward and backward pass of one shard in one step. */
    private static final String WORK_CLASS = "dev.dropwise.worker.training.Replica";

    private static final String WORK_METHOD = "computeGradient";
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private final ListeningConnector connector;
    private final Map<String, Connector.Argument> arguments;
    private final String address;
    private final List<VirtualMachine> machines = new ArrayList<>();

    private Debugger() {
        connector = Bootstrap.virtualMachineManager().listeningConnectors().stream()
                .filter(each -> each.transport().name().equals("dt_socket"))
                .findFirst()
                .orElseThrow();
        arguments = connector.defaultArguments();
        set("localAddress", "127.0.0.1");
        set("timeout", Long.toString(DEADLINE.toMillis()));
        try {
            address = connector.startListening(arguments);
        } catch (Exception e) {
            throw new AssertionError("a debugger cannot listen", e);
        }
    }

    private void set(String name, String value) {
        Objects.requireNonNull(arguments.get(name), name).setValue(value);
    }

    /** Waits for executors on an ephemeral port of this machine; close it when done. */
    public static Debugger listening() {
        return new Debugger();
    }

    /** The option by which a JVM connects to this debugger when it starts. */
    public String jvmOption() {
        return "-agentlib:jdwp=transport=dt_socket,server=n,suspend=n,address=127.0.0.1:"
                + address.substring(address.lastIndexOf(':') + 1);
    }

    /** Lets {@code count} JVMs start that have the option; they wait for this. */
    public void accept(int count) {
        try {
            for (int each = 0; each < count; each++) {
                machines.add(connector.accept(arguments));
            }
        } catch (Exception e) {
            throw new AssertionError("only " + machines.size() + " of " + count + " JVMs have connected", e);
        }
    }

    /**
     * Lets {@code rank} throw an {@link IllegalStateException} when it is about to compute a gradient for the {@code calls}th time from now.
     *
     * @param message of the exception
     * @return when it threw, by {@link System#nanoTime}
     */
    public long letThrow(int rank, int calls, String message) {
        VirtualMachine machine = machines.stream()
                .filter(each -> rankOf(each).filter(found -> found == rank).isPresent())
                .findFirst()
                .orElseThrow(() -> new AssertionError("no JVM is rank " + rank));
        Method method = type(machine, WORK_CLASS).methodsByName(WORK_METHOD).get(0);
        BreakpointRequest request = machine.eventRequestManager().createBreakpointRequest(method.location());
        request.addCountFilter(calls);
        request.setSuspendPolicy(EventRequest.SUSPEND_EVENT_THREAD);
        request.enable();
        try {
            ThreadReference thread = awaitStop(machine);
            thread.stop(exception(machine, thread, message));
            thread.resume();
            return System.nanoTime();
        } catch (Exception e) {
            throw new AssertionError("rank " + rank + " did not come to " + method, e);
        }
    }

    private static ThreadReference awaitStop(VirtualMachine machine) throws InterruptedException {
        long endNs = System.nanoTime() + DEADLINE.toNanos();
        while (System.nanoTime() - endNs < 0) {
            EventSet events = machine.eventQueue().remove(DEADLINE.toMillis());
            if (events != null) {
                for (Event event : events) {
                    if (event instanceof BreakpointEvent stopped) {
                        return stopped.thread();
                    }
                }
                events.resume();
            }
        }
        throw new AssertionError("nothing for " + DEADLINE);
    }

    private static ObjectReference exception(VirtualMachine machine, ThreadReference thread, String message)
            throws Exception {
        ClassType type = (ClassType) type(machine, IllegalStateException.class.getName());
        StringReference text = machine.mirrorOf(message);
        text.disableCollection();
        ObjectReference exception = type.newInstance(
                thread,
                type.concreteMethodByName("<init>", "(Ljava/lang/String;)V"),
                List.of(text),
                ClassType.INVOKE_SINGLE_THREADED);
        exception.disableCollection();
        return exception;
    }

    private static Optional<Integer> rankOf(VirtualMachine machine) {
        return machine.classesByName(ROSTER).stream()
                .flatMap(type -> type.instances(1).stream().map(roster -> roster.getValue(type.fieldByName("rank"))))
                .map(value -> ((IntegerValue) value).value())
                .findFirst();
    }

    private static ReferenceType type(VirtualMachine machine, String name) {
        return machine.classesByName(name).stream()
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " is not loaded there"));
    }

    /** Lets go of all JVMs that live still. */
    @Override
    public void close() {
        for (VirtualMachine machine : machines) {
            try {
                machine.dispose();
            } catch (VMDisconnectedException e) {
                // It has ended, as it should.
            }
        }
        try {
            connector.stopListening(arguments);
        } catch (Exception e) {
            throw new AssertionError("a debugger cannot stop to listen", e);
        }
    }
}
