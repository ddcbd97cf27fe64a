// SPDX-License-Identifier: MIT
#include <mkl.h>

#include "cblas_products.hpp"
