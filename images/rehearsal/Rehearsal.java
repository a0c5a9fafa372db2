// SPDX-License-Identifier: Apache-2.0
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/**
 * An API server to rehearse a program's start with, so that the virtual machine can note which
 * classes the program needs: {@code java Rehearsal.java KEYSTORE OBJECTS PORTFILE}.
 *
 * <p>It answers lists and reads from a folder of JSON files ({@code OBJECTS/<plural>.json}, one
 * object each), accepts every write, and opens every watch and says nothing on it. It speaks HTTP/1.1
 * over TLS and one dialect of WebSocket, and is of no use for anything else.
 */
final class Rehearsal {
  private static final Pattern PATH =
      Pattern.compile("(?:/api/(v1)|/apis/([^/]+/[^/]+))(?:/namespaces/[^/]+)?/([a-z]+)(?:/([^/?]+))?.*");
  private static final Map<String, String> KINDS =
      Map.of(
          "nodes", "Node",
          "kerneltunables", "KernelTunable",
          "nodetunings", "NodeTuning",
          "kernelbuilds", "KernelBuild",
          "buildreports", "BuildReport",
          "daemonsets", "DaemonSet",
          "deployments", "Deployment",
          "leases", "Lease");

  private final Path objects;

  private Rehearsal(Path objects) {
    this.objects = objects;
  }

  public static void main(String[] args) throws Exception {
    char[] password = "rehearsal".toCharArray();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(Path.of(args[0]))) {
      keys.load(in, password);
    }
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, password);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(managers.getKeyManagers(), null, null);
    Rehearsal server = new Rehearsal(Path.of(args[1]));
    try (SSLServerSocket socket =
        (SSLServerSocket)
            tls.getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Files.writeString(Path.of(args[2]), Integer.toString(socket.getLocalPort()));
      while (true) {
        Socket connection = socket.accept();
        Thread.ofVirtual().start(() -> server.serve(connection));
      }
    }
  }

  private void serve(Socket connection) {
    try (connection;
        InputStream in = new BufferedInputStream(connection.getInputStream());
        OutputStream out = connection.getOutputStream()) {
      for (List<String> head = head(in); !head.isEmpty(); head = head(in)) {
        Map<String, String> fields = fields(head);
        String body = body(in, fields);
        String[] line = head.getFirst().split(" ");
        if (fields.containsKey("sec-websocket-key")) {
          upgrade(out, fields);
          in.transferTo(OutputStream.nullOutputStream());
          return;
        }
        answer(out, line[0], line[1], body);
      }
    } catch (IOException e) {
      // The program has gone.
    }
  }

  private static List<String> head(InputStream in) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0; b = in.read()) {
      bytes.write(b);
      String text = bytes.toString(StandardCharsets.ISO_8859_1);
      if (text.endsWith("\r\n\r\n")) {
        return text.lines().filter(l -> !l.isEmpty()).toList();
      }
    }
    return List.of();
  }

  private static Map<String, String> fields(List<String> head) {
    Map<String, String> fields = new HashMap<>();
    for (String line : head.subList(1, head.size())) {
      String[] parts = line.split(":", 2);
      fields.put(parts[0].toLowerCase(Locale.ROOT), parts[1].strip());
    }
    return fields;
  }

  private static String body(InputStream in, Map<String, String> fields) throws IOException {
    if (fields.getOrDefault("transfer-encoding", "").equals("chunked")) {
      StringBuilder body = new StringBuilder();
      while (true) {
        StringBuilder size = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
          size.append((char) b);
        }
        int length = Integer.parseInt(size.toString().strip(), 16);
        body.append(new String(in.readNBytes(length), StandardCharsets.UTF_8));
        in.readNBytes(2);
        if (length == 0) {
          return body.toString();
        }
      }
    }
    int length = Integer.parseInt(fields.getOrDefault("content-length", "0"));
    return new String(in.readNBytes(length), StandardCharsets.UTF_8);
  }

  private static void upgrade(OutputStream out, Map<String, String> fields) throws IOException {
    String accept;
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-1")
              .digest(
                  (fields.get("sec-websocket-key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
                      .getBytes(StandardCharsets.ISO_8859_1));
      accept = Base64.getEncoder().encodeToString(hash);
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    write(
        out,
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: "
            + accept
            + "\r\n\r\n");
  }

  private void answer(OutputStream out, String method, String target, String body)
      throws IOException {
    Matcher path = PATH.matcher(target);
    String json = null;
    if (!method.equals("GET")) {
      json = body.isEmpty() ? "{}" : stored(body);
    } else if (path.matches()) {
      json = read(path);
    } else if (target.startsWith("/version")) {
      json = "{\"major\": \"1\", \"minor\": \"37\", \"gitVersion\": \"v1.37.2\"}";
    }
    String status = json == null ? "404 Not Found" : "200 OK";
    if (json == null) {
      json = "{\"kind\": \"Status\", \"apiVersion\": \"v1\", \"status\": \"Failure\", \"code\": 404}";
    }
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    write(
        out,
        "HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(status, bytes.length, json));
  }

  /** An object as it comes back from a write. */
  private static String stored(String body) {
    return body.replaceFirst(
        "\"metadata\"\\s*:\\s*\\{",
        "\"metadata\": {\"uid\": \"0-0-0-0\", \"resourceVersion\": \"2\", ");
  }

  private String read(Matcher path) throws IOException {
    String version = path.group(1) == null ? path.group(2) : path.group(1);
    String plural = path.group(3);
    Path file = objects.resolve(plural + ".json");
    String object = Files.exists(file) ? Files.readString(file) : null;
    if (path.group(4) != null) {
      return object;
    }
    return "{\"apiVersion\": \"%s\", \"kind\": \"%sList\", \"metadata\": {\"resourceVersion\": \"1\"}, \"items\": [%s]}"
        .formatted(version, KINDS.getOrDefault(plural, "Status"), object == null ? "" : object);
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }
}
