// SPDX-License-Identifier: MIT
// What every function refuses, in which words, and that it has written nothing then.
#include <twinpath/twinpath.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "random.hpp"

namespace {

namespace tp = twinpath;

template <class T>
tp::matrix<T> matrix(std::size_t rows, std::size_t cols) {
  tests::generator random(rows + cols);
  return tests::uniform_matrix<T>(rows, cols, random);
}

template <class T>
std::vector<T> vector(std::size_t size) {
  return std::vector<T>(size, T(7));
}

/// The text with which a call refuses its arguments.
template <class Call>
std::string error_of(const Call& call) {
  try {
    call();
  } catch (const std::invalid_argument& error) {
    return error.what();
  } catch (const std::exception& error) {
    return std::string("not an invalid_argument: ") + error.what();
  }
  return "no error";
}

/// The same, and whether the call wrote to one of its outputs nevertheless.
template <class Call, class... Outputs>
std::string refusal(const Call& call, const Outputs&... outputs) {
  const auto bytes = [](const auto& x) {
    return std::string_view(reinterpret_cast<const char*>(x.data()), x.size() * sizeof(*x.data()));
  };
  const std::string before[] = {std::string(bytes(outputs))...};
  const std::string text = error_of(call);
  std::size_t i = 0;
  for (const std::string_view now : {bytes(outputs)...}) {
    if (now != before[i]) return text + ", but output " + std::to_string(i) + " has changed";
    ++i;
  }
  return text;
}

/// Two operands in one piece of memory: they share one element, or none.
template <class T>
class neighbours {
 public:
  neighbours(std::size_t rows, std::size_t cols) : memory_(400), first_(memory_.data(), rows, cols) {}

  [[nodiscard]] tp::matrix_view<T> first() const { return first_; }
  [[nodiscard]] std::span<T> first_span() const { return {first_.data(), size()}; }
  [[nodiscard]] tp::matrix_view<T> sharing(std::size_t rows, std::size_t cols) const {
    return {first_.data() + size() - 1, rows, cols};
  }
  [[nodiscard]] tp::matrix_view<T> apart(std::size_t rows, std::size_t cols) const {
    return {first_.data() + size(), rows, cols};
  }
  [[nodiscard]] std::span<T> sharing(std::size_t n) const { return sharing(1, n).row(0); }
  [[nodiscard]] std::span<T> apart(std::size_t n) const { return apart(1, n).row(0); }
  [[nodiscard]] std::span<const T> memory() const { return memory_; }

 private:
  [[nodiscard]] std::size_t size() const { return first_.rows() * first_.cols(); }

  std::vector<T> memory_;
  tp::matrix_view<T> first_;
};

template <class T>
constexpr T NaN = std::numeric_limits<T>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace

TEMPLATE_TEST_CASE("gemm refuses shapes that do not fit", "[edges][errors]", float, double) {
  using T = TestType;
  const auto A = matrix<T>(10, 3), W = matrix<T>(4, 2), B = matrix<T>(3, 2);
  auto C = matrix<T>(10, 4);
  CHECK(refusal([&] { tp::gemm(A, W, C); }, C.elements()) ==
        "gemm: A is 10x3 and B is 4x2: inner dimensions 3 and 4 differ");
  CHECK(refusal([&] { tp::gemm(A, B, C); }, C.elements()) ==
        "gemm: A is 10x3 and B is 3x2: their product is 10x2, but C is 10x4");
  // Operands are described as the product sees them.
  CHECK(refusal([&] { tp::gemm(tp::transposed(A), B, C); }, C.elements()) ==
        "gemm: A is 3x10 and B is 3x2: inner dimensions 10 and 3 differ");
  CHECK(refusal([&] { tp::gemm(tp::transposed(W), tp::transposed(A), C); }, C.elements()) ==
        "gemm: A is 2x4 and B is 3x10: inner dimensions 4 and 3 differ");
  auto few_rows = matrix<T>(9, 2);
  CHECK(refusal([&] { tp::gemm(A, B, few_rows); }, few_rows.elements()) ==
        "gemm: A is 10x3 and B is 3x2: their product is 10x2, but C is 9x2");
  CHECK(refusal([&] { tp::gemm(matrix<T>(10, 0), B, C, T(0), T(1)); }, C.elements()) ==
        "gemm: A is 10x0 and B is 3x2: inner dimensions 0 and 3 differ");
}

TEMPLATE_TEST_CASE("gemm refuses a C that overlaps", "[edges][errors]", float, double) {
  using T = TestType;
  const auto A = matrix<T>(10, 3), B = matrix<T>(3, 2);
  const neighbours<T> a(10, 3), b(3, 2);
  CHECK(refusal([&] { tp::gemm(a.first(), B, a.sharing(10, 2)); }, a.memory()) == "gemm: C overlaps A");
  CHECK(refusal([&] { tp::gemm(A, b.first(), b.sharing(10, 2)); }, b.memory()) == "gemm: C overlaps B");
  CHECK(error_of([&] { tp::gemm(a.first(), B, a.apart(10, 2)); }) == "no error");
  CHECK(error_of([&] { tp::gemm(A, b.first(), b.apart(10, 2)); }) == "no error");
  auto square = matrix<T>(3, 3);
  CHECK(refusal([&] { tp::gemm(square, B, square.block(0, 0, 3, 2)); }, square.elements()) ==
        "gemm: C overlaps A");
  CHECK(refusal([&] { tp::gemm(A, tp::transposed(square), A.rows() == 10 ? square.view() : square.view()); },
                square.elements()) != "no error");
  CHECK(refusal([&] { tp::gemm(tp::transposed(square), square, square); }, square.elements()) ==
        "gemm: C overlaps A");
  auto C = matrix<T>(3, 3);
  CHECK(error_of([&] { tp::gemm(tp::transposed(square), square, C); }) == "no error");
}

TEMPLATE_TEST_CASE("columns side by side in one buffer do not overlap", "[edges][errors]", float, double) {
  using T = TestType;
  auto buffer = matrix<T>(8, 24);
  const tp::matrix<T> old(buffer);
  const auto A = buffer.block(0, 0, 8, 5), B = buffer.block(0, 5, 5, 6), C = buffer.block(0, 11, 8, 6);
  auto expected = matrix<T>(8, 6);
  tp::gemm(tp::matrix<T>(A), tp::matrix<T>(B), expected);
  REQUIRE(error_of([&] { tp::gemm(A, B, C); }) == "no error");
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    for (std::size_t j = 0; j < 24; ++j) {
      wrong += buffer(i, j) == (j >= 11 && j < 17 ? expected(i, j - 11) : old(i, j)) ? 0 : 1;
    }
  }
  CHECK(wrong == 0);

  CHECK(error_of([&] { tp::relu(A, buffer.block(0, 5, 8, 5)); }) == "no error");
  const auto refused = [&](tp::matrix_view<T> to) {
    return refusal([&] { tp::relu(A, to); }, buffer.elements());
  };
  CHECK(refused(buffer.block(0, 4, 8, 5)) == "relu: Y overlaps X");
  CHECK(refused(buffer.block(0, 1, 8, 5)) == "relu: Y overlaps X");
  // The first row of one is the last of the other.
  const auto high = buffer.block(0, 0, 4, 5), low = buffer.block(3, 4, 4, 5);
  CHECK(refusal([&] { tp::relu(high, low); }, buffer.elements()) == "relu: Y overlaps X");
  CHECK(refusal([&] { tp::relu(low, high); }, buffer.elements()) == "relu: Y overlaps X");
  CHECK(error_of([&] { tp::relu(high, buffer.block(4, 4, 4, 5)); }) == "no error");
  CHECK(error_of([&] { tp::relu(high, buffer.block(3, 5, 4, 5)); }) == "no error");
}

TEMPLATE_TEST_CASE("only the elements of views with different strides count", "[edges][errors]", float,
                   double) {
  using T = TestType;
  std::vector<T> memory(64, T(1));
  const auto view = [&](std::size_t at, std::size_t rows, std::size_t cols, std::size_t stride) {
    return tp::matrix_view<T>(memory.data() + at, rows, cols, stride);
  };
  const auto copy = [&](tp::matrix_view<T> from, tp::matrix_view<T> to) {
    return refusal([&] { tp::relu(from, to); }, memory);
  };
  // Elements 0 1, 8 9, 16 17 against 2 3, 6 7, 10 11, and against 2 3, 9 10, 16 17.
  CHECK(copy(view(0, 3, 2, 8), view(2, 3, 2, 4)) == "no error");
  CHECK(copy(view(0, 3, 2, 8), view(2, 3, 2, 7)) == "relu: Y overlaps X");
  CHECK(copy(view(2, 3, 2, 7), view(0, 3, 2, 8)) == "relu: Y overlaps X");
  // The same first element.
  CHECK(copy(view(0, 3, 2, 8), view(0, 3, 2, 4)) == "relu: Y overlaps X");
  // 0 … 3, 16 … 19 lets 4 … 15 pass through.
  CHECK(copy(view(0, 2, 4, 16), view(4, 3, 4, 4).block(0, 0, 2, 4)) == "no error");
  CHECK(copy(view(0, 3, 4, 16), view(4, 3, 4, 4)) == "no error");
  CHECK(copy(view(0, 4, 4, 16), view(4, 4, 4, 4)) == "relu: Y overlaps X");
  CHECK(copy(view(4, 4, 4, 4), view(0, 4, 4, 16)) == "relu: Y overlaps X");
  // In one row there is no stride to differ.
  CHECK(copy(view(0, 1, 4, 16), view(0, 1, 4, 5)) == "no error");
}

TEMPLATE_TEST_CASE("elementwise functions refuse other shapes and half an overlap", "[edges][errors]", float,
                   double) {
  using T = TestType;
  using function = void (*)(tp::matrix_view<const T>, tp::matrix_view<T>);
  const std::pair<std::string, function> functions[] = {{"relu", tp::relu}, {"exp", tp::exp}, {"log", tp::log}};
  for (const auto& [name, f] : functions) {
    auto X = matrix<T>(2, 3), Y = matrix<T>(2, 4), Z = matrix<T>(3, 3);
    CHECK(refusal([&, g = f] { g(X, Y); }, Y.elements()) == name + ": Y is 2x4, expected 2x3");
    CHECK(refusal([&, g = f] { g(X, Z); }, Z.elements()) == name + ": Y is 3x3, expected 2x3");
    const neighbours<T> x(2, 3);
    CHECK(refusal([&, g = f] { g(x.first(), x.sharing(2, 3)); }, x.memory()) == name + ": Y overlaps X");
    CHECK(error_of([&, g = f] { g(x.first(), x.apart(2, 3)); }) == "no error");
    // The same view, dense and with a stride.
    tp::matrix<T> expected(2, 3);
    f(X, expected);
    auto padded = matrix<T>(2, 5);
    const auto inner = padded.block(0, 1, 2, 3);
    for (std::size_t i = 0; i < 2; ++i) std::ranges::copy(X.row(i), inner.row(i).begin());
    f(X, X);
    f(inner, inner);
    CHECK(std::memcmp(X.data(), expected.data(), 6 * sizeof(T)) == 0);
    for (std::size_t i = 0; i < 2; ++i) {
      CHECK(std::memcmp(inner.row(i).data(), expected.row(i).data(), 3 * sizeof(T)) == 0);
    }
  }
}

TEMPLATE_TEST_CASE("sums refuse other sizes and overlaps", "[edges][errors]", float, double) {
  using T = TestType;
  const auto X = matrix<T>(4, 3);
  auto two = vector<T>(2);
  const std::span<T> missing(static_cast<T*>(nullptr), 3);
  CHECK(refusal([&] { tp::column_sums(X, two); }, two) == "column_sums: out has 2 elements, expected 3");
  CHECK(refusal([&] { tp::row_sums(X, two); }, two) == "row_sums: out has 2 elements, expected 4");
  CHECK(error_of([&] { tp::column_sums(X, missing); }) == "column_sums: out is null");
  const neighbours<T> x(4, 3);
  CHECK(refusal([&] { tp::column_sums(x.first(), x.sharing(3)); }, x.memory()) ==
        "column_sums: out overlaps X");
  CHECK(refusal([&] { tp::row_sums(x.first(), x.sharing(4)); }, x.memory()) == "row_sums: out overlaps X");
  CHECK(error_of([&] { tp::column_sums(x.first(), x.apart(3)); }) == "no error");
  CHECK(error_of([&] { tp::row_sums(x.first(), x.apart(4)); }) == "no error");
}

TEMPLATE_TEST_CASE("softmax refuses other shapes and half an overlap", "[edges][errors]", float, double) {
  using T = TestType;
  auto Z = matrix<T>(4, 3), P = matrix<T>(3, 4);
  CHECK(refusal([&] { tp::softmax(Z, P); }, P.elements()) == "softmax: P is 3x4, expected 4x3");
  const neighbours<T> z(4, 3);
  CHECK(refusal([&] { tp::softmax(z.first(), z.sharing(4, 3)); }, z.memory()) == "softmax: P overlaps Z");
  CHECK(error_of([&] { tp::softmax(z.first(), z.apart(4, 3)); }) == "no error");
  tp::matrix<T> expected(4, 3);
  tp::softmax(Z, expected);
  tp::softmax(Z, Z);
  CHECK(std::memcmp(Z.data(), expected.data(), 12 * sizeof(T)) == 0);
}

TEMPLATE_TEST_CASE("softmax_cross_entropy refuses what does not fit", "[edges][errors]", float, double) {
  using T = TestType;
  const auto Z = matrix<T>(4, 3), Y = matrix<T>(4, 3), wide = matrix<T>(4, 5);
  auto dZ = matrix<T>(4, 3), dwide = matrix<T>(4, 5);
  const auto with = [&](const tp::matrix<T>& targets, tp::matrix<T>& out) {
    return refusal([&] { (void)tp::softmax_cross_entropy(Z, targets, out); }, out.elements());
  };
  CHECK(with(Y, dwide) == "softmax_cross_entropy: dZ is 4x5, expected 4x3");
  CHECK(with(wide, dZ) == "softmax_cross_entropy: Y is 4x5, expected 4x3");
  CHECK(with(matrix<T>(3, 3), dZ) == "softmax_cross_entropy: Y is 3x3, expected 4x3");

  const auto with_classes = [&](std::vector<std::int32_t> classes) {
    return refusal([&] { (void)tp::softmax_cross_entropy(Z, classes, dZ); }, dZ.elements());
  };
  CHECK(with_classes({0, 1, 2}) == "softmax_cross_entropy: classes has 3 elements, expected 4");
  CHECK(with_classes({0, 1, 2, 3}) == "softmax_cross_entropy: class 3 of row 3 is not one of 0 to 2");
  CHECK(with_classes({0, -1, 2, 2}) == "softmax_cross_entropy: class -1 of row 1 is not one of 0 to 2");
  CHECK(with_classes({2147483647, 0, 0, 0}) ==
        "softmax_cross_entropy: class 2147483647 of row 0 is not one of 0 to 2");
  CHECK(with_classes({0, 1, 2, 2}) ==
        "no error, but output 0 has changed");  // what the others would say if they wrote

  const auto none = matrix<T>(0, 3);
  auto dnone = matrix<T>(0, 3);
  const std::vector<std::int32_t> no_classes;
  CHECK(error_of([&] { (void)tp::softmax_cross_entropy(none, none, dnone); }) ==
        "softmax_cross_entropy: the mean of 0 rows is not defined");
  CHECK(error_of([&] { (void)tp::softmax_cross_entropy(none, no_classes, dnone); }) ==
        "softmax_cross_entropy: the mean of 0 rows is not defined");
}

TEMPLATE_TEST_CASE("softmax_cross_entropy takes dZ in place of Z or Y and no other overlap",
                   "[edges][errors]", float, double) {
  using T = TestType;
  const auto Z = matrix<T>(4, 3), Y = matrix<T>(4, 3);
  const neighbours<T> z(4, 3), y(4, 3);
  CHECK(refusal([&] { (void)tp::softmax_cross_entropy(z.first(), Y, z.sharing(4, 3)); }, z.memory()) ==
        "softmax_cross_entropy: dZ overlaps Z");
  CHECK(refusal([&] { (void)tp::softmax_cross_entropy(Z, y.first(), y.sharing(4, 3)); }, y.memory()) ==
        "softmax_cross_entropy: dZ overlaps Y");
  CHECK(error_of([&] { (void)tp::softmax_cross_entropy(z.first(), Y, z.apart(4, 3)); }) == "no error");
  CHECK(error_of([&] { (void)tp::softmax_cross_entropy(Z, y.first(), y.apart(4, 3)); }) == "no error");
  // Class indices that lie in dZ. Not read through this type before the call is refused.
  auto dZ = matrix<T>(4, 3);
  const std::span<const std::int32_t> inside(reinterpret_cast<const std::int32_t*>(dZ.data()), 4);
  CHECK(refusal([&] { (void)tp::softmax_cross_entropy(Z, inside, dZ); }, dZ.elements()) ==
        "softmax_cross_entropy: dZ overlaps classes");

  const std::int32_t classes[] = {0, 1, 2, 0};
  tp::matrix<T> expected(4, 3), in_place(Z), by_class(4, 3);
  const T loss = tp::softmax_cross_entropy(Z, Y, expected);
  CHECK(tp::softmax_cross_entropy(in_place, Y, in_place) == loss);
  CHECK(std::memcmp(in_place.data(), expected.data(), 12 * sizeof(T)) == 0);
  in_place = Y;
  CHECK(tp::softmax_cross_entropy(Z, in_place, in_place) == loss);
  CHECK(std::memcmp(in_place.data(), expected.data(), 12 * sizeof(T)) == 0);
  in_place = Z;
  const T class_loss = tp::softmax_cross_entropy(Z, classes, by_class);
  CHECK(tp::softmax_cross_entropy(in_place, classes, in_place) == class_loss);
  CHECK(std::memcmp(in_place.data(), by_class.data(), 12 * sizeof(T)) == 0);
}

TEMPLATE_TEST_CASE("dense_forward refuses what does not fit", "[edges][errors]", float, double) {
  using T = TestType;
  const auto X = matrix<T>(10, 3), W = matrix<T>(3, 4);
  const auto b = vector<T>(4);
  auto A = matrix<T>(10, 4);
  const auto with = [&](tp::matrix_view<const T> w, std::span<const T> bias, tp::matrix_view<T> a,
                        std::span<const T> memory) {
    return refusal([&] { tp::dense_forward(X, w, bias, tp::activation::relu, a); }, memory);
  };
  auto tall = matrix<T>(11, 4);
  CHECK(with(matrix<T>(4, 4), b, A, A.elements()) == "dense_forward: W is 4x4, expected 3x4");
  CHECK(with(matrix<T>(3, 5), b, A, A.elements()) == "dense_forward: W is 3x5, expected 3x4");
  CHECK(with(W, b, tall, tall.elements()) == "dense_forward: A is 11x4, expected 10x4");
  CHECK(with(W, vector<T>(3), A, A.elements()) == "dense_forward: b has 3 elements, expected 4");
  CHECK(with(W, {static_cast<T*>(nullptr), 4}, A, A.elements()) == "dense_forward: b is null");

  const neighbours<T> w(3, 4), bias(1, 4), x(10, 3);
  CHECK(with(w.first(), b, w.sharing(10, 4), w.memory()) == "dense_forward: A overlaps W");
  CHECK(with(W, bias.first_span(), bias.sharing(10, 4), bias.memory()) == "dense_forward: A overlaps b");
  const auto from = [&](tp::matrix_view<T> a) {
    return refusal([&] { tp::dense_forward(x.first(), W, std::span(b), tp::activation::identity, a); },
                   x.memory());
  };
  CHECK(from(x.sharing(10, 4)) == "dense_forward: A overlaps X");
  CHECK(from(x.apart(10, 4)).substr(0, 8) == "no error");
  CHECK(with(w.first(), b, w.apart(10, 4), w.memory()).substr(0, 8) == "no error");
  CHECK(with(W, bias.first_span(), bias.apart(10, 4), bias.memory()).substr(0, 8) == "no error");
}

TEMPLATE_TEST_CASE("the backward paths refuse shapes that do not fit", "[edges][errors]", float, double) {
  using T = TestType;
  const auto A = matrix<T>(10, 4), dZ = matrix<T>(10, 2), W = matrix<T>(4, 2);
  auto dW = matrix<T>(4, 2), below = matrix<T>(10, 4);
  auto db = vector<T>(2), long_db = vector<T>(3);
  const auto short_dZ = matrix<T>(9, 2), wrong_W = matrix<T>(5, 2), wide_dZ = matrix<T>(10, 3);
  auto wrong_dW = matrix<T>(2, 4), wrong_below = matrix<T>(10, 3);
  using view = tp::matrix_view<const T>;
  const auto parameter = [&](view dz, tp::matrix<T>& dw, std::vector<T>& sums) {
    return refusal([&] { tp::parameter_path(A, dz, dw, sums); }, dw.elements(), sums);
  };
  const auto backprop = [&](view dz, view w, tp::matrix<T>& out) {
    return refusal([&] { tp::backprop_path(dz, w, A, out); }, out.elements());
  };
  CHECK(parameter(short_dZ, dW, db) == "parameter_path: dZ is 9x2, expected 10x2");
  CHECK(parameter(dZ, wrong_dW, db) == "parameter_path: dW is 2x4, expected 4x2");
  CHECK(parameter(dZ, dW, long_db) == "parameter_path: db has 3 elements, expected 2");
  CHECK(error_of([&] { tp::parameter_path(A, dZ, dW, std::span<T>(static_cast<T*>(nullptr), 2)); }) ==
        "parameter_path: db is null");
  CHECK(backprop(dZ, wrong_W, below) == "backprop_path: W is 5x2, expected 4x2");
  CHECK(backprop(wide_dZ, W, below) == "backprop_path: W is 4x2, expected 4x3");
  CHECK(backprop(short_dZ, W, below) == "backprop_path: dZ is 9x2, expected 10x2");
  CHECK(backprop(dZ, W, wrong_below) == "backprop_path: dZ_below is 10x3, expected 10x4");

  for (const tp::schedule how :
       {tp::schedule::sequential, tp::schedule::concurrent, tp::schedule::automatic}) {
    const auto both = [&](view dz, view w, tp::matrix<T>& dw, std::vector<T>& sums, tp::matrix<T>& out) {
      return refusal([&] { tp::backward(how, A, dz, w, dw, sums, out); }, dw.elements(), sums,
                     out.elements());
    };
    CHECK(both(short_dZ, W, dW, db, below) == "backward: dZ is 9x2, expected 10x2");
    CHECK(both(dZ, wrong_W, dW, db, below) == "backward: W is 5x2, expected 4x2");
    CHECK(both(dZ, W, wrong_dW, db, below) == "backward: dW is 2x4, expected 4x2");
    CHECK(both(dZ, W, dW, long_db, below) == "backward: db has 3 elements, expected 2");
    CHECK(both(dZ, W, dW, db, wrong_below) == "backward: dZ_below is 10x3, expected 10x4");
  }
}

namespace {

/// Operands of both backward paths, each in memory of its own.
template <class T>
struct layer {
  tp::matrix<T> memory_A = matrix<T>(10, 4), memory_dZ = matrix<T>(10, 2), memory_W = matrix<T>(4, 2);
  tp::matrix<T> memory_dW = matrix<T>(4, 2), memory_db = matrix<T>(1, 2), memory_below = matrix<T>(10, 4);
  tp::matrix_view<T> A = memory_A, dZ = memory_dZ, W = memory_W, dW = memory_dW, below = memory_below;
  std::span<T> db = memory_db.elements();

  void parameter_path() const { tp::parameter_path(A, dZ, dW, db); }
  void backprop_path() const { tp::backprop_path(dZ, W, A, below); }
  void backward() const { tp::backward(tp::schedule::concurrent, A, dZ, W, dW, db, below); }
};

}  // namespace

TEMPLATE_TEST_CASE("the backward paths refuse outputs that overlap", "[edges][errors]", float, double) {
  using T = TestType;
  using operand = tp::matrix_view<T> layer<T>::*;
  using call = void (layer<T>::*)() const;
  const std::pair<std::string, operand> inputs[] = {
      {"A", &layer<T>::A}, {"dZ", &layer<T>::dZ}, {"W", &layer<T>::W}};

  // An output in the memory of another operand: with one element in common, and right behind it.
  const auto check = [](call function, const std::string& name, operand output, const std::string& output_name,
                        operand other, const std::string& other_name) {
    for (const bool shares : {true, false}) {
      layer<T> x;
      const neighbours<T> memory((x.*other).rows(), (x.*other).cols());
      const std::size_t rows = (x.*output).rows(), cols = (x.*output).cols();
      x.*other = memory.first();
      x.*output = shares ? memory.sharing(rows, cols) : memory.apart(rows, cols);
      const std::string text = refusal([&] { (x.*function)(); }, memory.memory(), x.memory_dW.elements(),
                                       x.memory_db.elements(), x.memory_below.elements());
      INFO(name << ", " << output_name << " and " << other_name << ", shares: " << shares);
      if (shares) {
        CHECK(text == name + ": " + output_name + " overlaps " + other_name);
      } else {
        CHECK(text.substr(0, 8) == "no error");
      }
    }
  };
  const auto check_db = [](call function, const std::string& name, operand other,
                           const std::string& other_name, bool db_is_named_last) {
    for (const bool shares : {true, false}) {
      layer<T> x;
      const neighbours<T> memory((x.*other).rows(), (x.*other).cols());
      x.*other = memory.first();
      x.db = shares ? memory.sharing(2) : memory.apart(2);
      const std::string text = refusal([&] { (x.*function)(); }, memory.memory(), x.memory_dW.elements(),
                                       x.memory_below.elements());
      INFO(name << ", db and " << other_name << ", shares: " << shares);
      if (shares) {
        CHECK(text == name + ": " + (db_is_named_last ? other_name + " overlaps db" : "db overlaps " + other_name));
      } else {
        CHECK(text.substr(0, 8) == "no error");
      }
    }
  };

  for (const auto& [input_name, input] : inputs) {
    if (input != &layer<T>::W) {
      check(&layer<T>::parameter_path, "parameter_path", &layer<T>::dW, "dW", input, input_name);
      check_db(&layer<T>::parameter_path, "parameter_path", input, input_name, false);
    }
    check(&layer<T>::backprop_path, "backprop_path", &layer<T>::below, "dZ_below", input, input_name);
    check(&layer<T>::backward, "backward", &layer<T>::dW, "dW", input, input_name);
    check(&layer<T>::backward, "backward", &layer<T>::below, "dZ_below", input, input_name);
    check_db(&layer<T>::backward, "backward", input, input_name, false);
  }
  check_db(&layer<T>::parameter_path, "parameter_path", &layer<T>::dW, "dW", true);
  check_db(&layer<T>::backward, "backward", &layer<T>::dW, "dW", true);
  check_db(&layer<T>::backward, "backward", &layer<T>::below, "dZ_below", false);
  check(&layer<T>::backward, "backward", &layer<T>::dW, "dW", &layer<T>::below, "dZ_below");
}

TEMPLATE_TEST_CASE("update refuses sizes, overlaps and rates", "[edges][errors]", float, double) {
  using T = TestType;
  auto parameters = vector<T>(4);
  const auto gradients = vector<T>(4);
  const auto with = [&](double rate, const std::vector<T>& g) {
    return refusal([&] { tp::update(tp::sgd{.learning_rate = rate}, parameters, std::span(g)); }, parameters);
  };
  CHECK(with(0.1, vector<T>(3)) == "update: gradients has 3 elements, expected 4");
  CHECK(with(-0.1, gradients) == "update: learning rate -0.100000 is not a finite number from 0");
  CHECK(with(NaN<double>, gradients) == "update: learning rate nan is not a finite number from 0");
  CHECK(with(infinity, gradients) == "update: learning rate inf is not a finite number from 0");
  CHECK(with(-infinity, gradients) == "update: learning rate -inf is not a finite number from 0");
  CHECK(with(-0.0, gradients) == "no error");
  const neighbours<T> p(1, 4);
  const tp::sgd rule;
  CHECK(refusal([&] { tp::update(rule, p.first_span(), p.sharing(4)); }, p.memory()) ==
        "update: parameters overlaps gradients");
  CHECK(refusal([&] { tp::update(rule, p.first_span(), p.first_span()); }, p.memory()) ==
        "update: parameters overlaps gradients");
  CHECK(error_of([&] { tp::update(rule, p.first_span(), p.apart(4)); }) == "no error");
}

TEMPLATE_TEST_CASE("a rate that is infinite in the parameters' type is refused", "[edges][errors]", float,
                   double) {
  using T = TestType;
  const auto gradients = vector<T>(4);
  auto parameters = vector<T>(4);
  const double largest = std::numeric_limits<T>::max();
  const std::string text = refusal(
      [&] { tp::update(tp::sgd{.learning_rate = largest * 2}, parameters, std::span(gradients)); }, parameters);
  CHECK(text.substr(0, 22) == "update: learning rate ");
}

TEMPLATE_TEST_CASE("accuracy refuses what does not fit", "[edges][errors]", float, double) {
  const auto P = matrix<TestType>(3, 4);
  const auto with = [&](std::vector<std::int32_t> classes) {
    return error_of([&] { (void)tp::accuracy(P, classes); });
  };
  CHECK(with({0, 1}) == "accuracy: classes has 2 elements, expected 3");
  CHECK(with({0, 1, 4}) == "accuracy: class 4 of row 2 is not one of 0 to 3");
  CHECK(with({-1, 1, 3}) == "accuracy: class -1 of row 0 is not one of 0 to 3");
  CHECK(with({0, 1, 3}) == "no error");
  const std::vector<std::int32_t> none;
  CHECK(error_of([&] { (void)tp::accuracy(matrix<TestType>(0, 4), none); }) == "accuracy: there is no row");
}

TEMPLATE_TEST_CASE("a network refuses impossible widths", "[edges][errors]", float, double) {
  using mlp = tp::mlp<TestType>;
  CHECK(error_of([] { mlp(std::vector<std::size_t>{}); }) == "mlp: 0 widths given, a network needs at least 2");
  CHECK(error_of([] { mlp(std::vector<std::size_t>{3}); }) ==
        "mlp: 1 widths given, a network needs at least 2");
  CHECK(error_of([] { mlp({3, 0, 2}); }) == "mlp: width 1 is 0");
  CHECK(error_of([] { mlp({0, 2}); }) == "mlp: width 0 is 0");
  CHECK(error_of([] { mlp({2, 0}); }) == "mlp: width 1 is 0");
  const std::size_t huge = std::size_t{1} << 40;
  CHECK(error_of([&] { mlp({2, huge, huge}); }) ==
        "mlp: layer 1099511627776x1099511627776 exceeds the address space");
}

TEMPLATE_TEST_CASE("a network refuses what does not fit and stays as it was", "[edges][errors]", float,
                   double) {
  using T = TestType;
  tp::mlp<T> net({3, 4, 2}, {.seed = 1});
  const auto X = matrix<T>(5, 3), Y = matrix<T>(5, 2);
  const std::vector<std::int32_t> classes{0, 1, 0, 1, 0};
  const tp::sgd rule;
  net.train_step(X, Y, rule);
  const auto unchanged = [&](const auto& call) {
    const std::string text =
        refusal(call, net.parameters(1), net.parameters(2), net.gradients(1), net.gradients(2));
    CHECK(net.activations(2).rows() == 5);
    return text;
  };

  const auto step = [&](const tp::matrix<T>& x, const auto& targets, double rate = 0.1) {
    return unchanged([&] { net.train_step(x, targets, tp::sgd{.learning_rate = rate}); });
  };
  const auto gradients = [&](const tp::matrix<T>& x, const auto& targets) {
    return unchanged([&] { net.compute_gradients(x, targets); });
  };
  for (const bool whole : {true, false}) {
    const std::string name = whole ? "train_step" : "compute_gradients";
    const auto run = [&](const tp::matrix<T>& x, const auto& targets) {
      return whole ? step(x, targets) : gradients(x, targets);
    };
    CHECK(run(matrix<T>(5, 4), Y) == name + ": X is 5x4, expected 5x3");
    CHECK(run(X, matrix<T>(5, 3)) == name + ": Y is 5x3, expected 5x2");
    CHECK(run(X, matrix<T>(4, 2)) == name + ": Y is 4x2, expected 5x2");
    using list = std::vector<std::int32_t>;
    CHECK(run(matrix<T>(5, 4), classes) == name + ": X is 5x4, expected 5x3");
    CHECK(run(X, list{0, 1}) == name + ": classes has 2 elements, expected 5");
    CHECK(run(X, list{0, 1, 2, 0, 0}) == name + ": class 2 of row 2 is not one of 0 to 1");
    CHECK(run(X, list{0, 1, 0, 0, -7}) == name + ": class -7 of row 4 is not one of 0 to 1");
    CHECK(run(matrix<T>(0, 3), matrix<T>(0, 2)) == name + ": the mean loss of 0 rows is not defined");
    CHECK(run(matrix<T>(0, 3), list{}) == name + ": the mean loss of 0 rows is not defined");
  }

  const std::string bad = ": learning rate -1.000000 is not a finite number from 0";
  CHECK(step(X, Y, -1) == "train_step" + bad);
  CHECK(step(X, classes, -1) == "train_step" + bad);
  CHECK(step(X, Y, NaN<double>) == "train_step: learning rate nan is not a finite number from 0");
  CHECK(step(X, classes, infinity) == "train_step: learning rate inf is not a finite number from 0");
  CHECK(unchanged([&] { net.apply(tp::sgd{.learning_rate = -1}); }) == "apply" + bad);
  CHECK(unchanged([&] { net.apply(tp::sgd{.learning_rate = NaN<double>}); }) ==
        "apply: learning rate nan is not a finite number from 0");

  auto P = matrix<T>(5, 2), narrow = matrix<T>(5, 1);
  const auto predict = [&](const tp::matrix<T>& x, tp::matrix<T>& p) {
    return refusal([&] { net.predict(x, p); }, p.elements());
  };
  CHECK(error_of([&] { (void)net.predict(matrix<T>(5, 2)); }) == "predict: X is 5x2, expected 5x3");
  CHECK(predict(matrix<T>(5, 2), P) == "predict: X is 5x2, expected 5x3");
  CHECK(predict(X, narrow) == "predict: P is 5x1, expected 5x2");
  CHECK(predict(matrix<T>(6, 3), P) == "predict: P is 5x2, expected 6x2");
  const neighbours<T> x(5, 3);
  CHECK(refusal([&] { net.predict(x.first(), x.sharing(5, 2)); }, x.memory()) == "predict: P overlaps X");
  CHECK(error_of([&] { net.predict(x.first(), x.apart(5, 2)); }) == "no error");
}

TEMPLATE_TEST_CASE("a network has no layer 0 and none behind the last", "[edges][errors]", float, double) {
  tp::mlp<TestType> net({3, 4, 2});
  const tp::mlp<TestType>& fixed = net;
  for (const std::size_t l : {std::size_t{0}, std::size_t{3}, static_cast<std::size_t>(-1)}) {
    const std::string text = "mlp: layer " + std::to_string(l) + " is not one of 1 to 2";
    CHECK(error_of([&] { (void)net.weights(l); }) == text);
    CHECK(error_of([&] { (void)fixed.weights(l); }) == text);
    CHECK(error_of([&] { (void)net.bias(l); }) == text);
    CHECK(error_of([&] { (void)fixed.bias(l); }) == text);
    CHECK(error_of([&] { (void)net.parameters(l); }) == text);
    CHECK(error_of([&] { (void)fixed.parameters(l); }) == text);
    CHECK(error_of([&] { (void)fixed.weight_gradients(l); }) == text);
    CHECK(error_of([&] { (void)fixed.bias_gradients(l); }) == text);
    CHECK(error_of([&] { (void)fixed.gradients(l); }) == text);
    CHECK(error_of([&] { (void)fixed.activations(l); }) == text);
    CHECK(error_of([&] { (void)fixed.output_errors(l); }) == text);
  }
}
