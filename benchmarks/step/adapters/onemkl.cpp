// SPDX-License-Identifier: MIT
#include <mkl.h>

#include "cblas_step.hpp"
